"""A sheet for each learner: keys, the route, eight words, and where to find their things."""

from PIL import Image

from mnist_lesson.instructor.sheet import MARGIN, Paper
from mnist_lesson.load import load_data

TEXT = """\
## The keys

- **Shift + Enter** runs the cell that you're in, and goes to the next one
- **Run → Run All Above Selected Cell** when something says that it doesn't know a name
- **Kernel → Interrupt** stops a cell that won't stop by itself
- **File → Close and Shut Down Notebook** when you're done with a page: that frees memory

## The route, if you have an hour

- **00 Draw first.** A machine reads you. Train your own!
- **03 Look.** Whose handwriting did it learn from?
- **06 Train.** Read two curves while it learns.
- **08 Your own digits.** Trick it, and find out why it worked.
- **10 Your hand.** Draw ten digits, and it knows you.
- **11 Take home.** One file with your network, for most phones.

## Eight words

- **Neuron:** multiplies what comes in by its weights, adds it up, and bends the sum.
- **Weight:** one of the numbers that training turns, like a knob.
- **Layer:** a row of neurons. Layers that feed each other make a network.
- **Loss:** says how wrong the network is. Training makes it small.
- **Gradient:** says for each weight which way is downhill.
- **Epoch:** once through all the digits that it learns from.
- **Overfitting:** better and better at its own digits, worse at everybody else's.
- **Convolution:** a small window slides over the picture and reports what it finds.

## Stuck?

Read the last line of the red box: it says what's wrong. Ask your neighbour. Press **Hint**. Then
put your red card on the screen, and somebody will come.

## Yours

Everything you make is in the folder `my_lesson`, and stays there. `my_reader.html` is your network
in one file: copy it to your phone. `progress.save()` packs up everything, so you can go on at home.

Where I can get the lesson: ________________________________________
"""


def handout() -> Paper:
    """Draw the handout, one sheet."""
    paper = Paper()
    paper.begin("mnist_lesson · yours to keep", "Teach a machine to read")
    (images, labels), _ = load_data()
    top = paper.y + 5
    for digit in range(10):
        picture = Image.fromarray(255 - images[labels == digit][3])
        paper.image(picture, MARGIN + 17.2 * digit, top, 14.5)
    paper.y = top + 14.5
    paper.write_markdown(TEXT)
    return paper
