"""A sheet for each learner: keys, the route, eight words, and where to find their things."""

from __future__ import annotations

from matplotlib.figure import Figure

from mnist_lesson.instructor.sheet import MARGIN, Sheet
from mnist_lesson.load import load_data
from mnist_lesson.shared.colours import BLUE

KEYS = (
    ("Shift + Enter", "runs the cell that you're in, and goes to the next one"),
    ("Run → Run All Above Selected Cell", "when something says that it doesn't know a name"),
    ("Kernel → Interrupt", "stops a cell that won't stop by itself"),
    ("File → Close and Shut Down Notebook", "when you're done with a page: that frees memory"),
)
WAY = (
    ("00", "Draw first", "A machine reads you. Train your own!"),
    ("03", "Look", "Whose handwriting did it learn from?"),
    ("06", "Train", "Read two curves while it learns."),
    ("08", "Your own digits", "Trick it, and find out why it worked."),
    ("10", "Your hand", "Draw ten digits, and it knows you."),
    ("11", "Take home", "One file with your network, for most phones."),
)
WORDS = (
    ("Neuron", "multiplies what comes in by its weights, adds it up, and bends the sum."),
    ("Weight", "one of the numbers that training turns, like a knob."),
    ("Layer", "a row of neurons. Layers that feed each other make a network."),
    ("Loss", "says how wrong the network is. Training makes it small."),
    ("Gradient", "says for each weight which way is downhill."),
    ("Epoch", "once through all the digits that it learns from."),
    ("Overfitting", "better and better at its own digits, worse at everybody else's."),
    ("Convolution", "a small window slides over the picture and reports what it finds."),
)


def handout() -> list[Figure]:
    """Draw the handout, one sheet."""
    sheet = Sheet("Teach a machine to read", "mnist_lesson · yours to keep")
    (images, labels), _ = load_data()
    for digit in range(10):
        sheet.picture(images[labels == digit][3], MARGIN + 1.72 * digit, sheet.y, 1.45)
    sheet.y += 1.9
    sheet.heading("The keys")
    for key, what in KEYS:
        sheet.write(f"**{key}**  {what}", size=10.5)
    sheet.heading("The route, if you have an hour")
    for number, name, what in WAY:
        sheet.box(MARGIN, sheet.y, 0.8, 0.5, BLUE, edge="none")
        sheet.put(MARGIN + 0.4, sheet.y + 0.26, number, 10, color="white", weight="bold")
        sheet.write(f"**{name}.** {what}", size=10.5, x=MARGIN + 1.1)
    sheet.heading("Eight words")
    for word, meaning in WORDS:
        sheet.write(f"**{word}**: {meaning}", size=10.5)
    sheet.heading("Stuck?")
    sheet.write(
        "Read the last line of the red box: it says what's wrong. Ask your neighbour. Press "
        "**Hint**. Then put your red card on the screen, and somebody will come.",
        size=10.5,
    )
    sheet.heading("Yours")
    sheet.write(
        "Everything you make is in the folder `my_lesson`, and stays there. `my_reader.html` is "
        "your network in one file: copy it to your phone. `progress.save()` packs up everything, "
        "so you can go on at home.",
        size=10.5,
    )
    sheet.write("Where I can get the lesson:", size=10.5)
    sheet.y -= 0.15  # the line to write on goes after the words, not below them
    sheet.rule(MARGIN + 5.2, 11.8)
    return [sheet.figure]
