"""How exercises answer back. For page authors: what a page may call.

**A guess that counts** (it becomes a dot in page 07's calibration picture) takes two cells. Between
them stand the cells that produce the result; nothing above `reveal` may give the answer away.

    exercises.load.memoriser.ask()                # question, choices, how sure: a panel
    exercises.load.memoriser.reveal()             # verdict and the explaining paragraph (`why`)
    exercises.look.averages_read.reveal(100 * right)   # the result is the reader's own number

`reveal` before the guess asks for the guess, and fills itself in once it was made ("Run all" is
fine). The code way is `exercises.load.memoriser.guess(answer="c", sure=70)`. The saved page and
GitHub show question and paragraph as text: no Markdown copy of either is needed in the page.

**An exercise** takes a Markdown cell with the task, the cell with `exercise.blank`, and one line:

    exercises.load.pixels.check(pixels)           # verdict, with buttons Check · Hint · Solution

Its text lives in `exercises/<page>.py`: `key`, `title`, `task`, `blank`, `solution`, `hints`,
`why`, `slips`. Tags of the cells: `guess:KEY`, `reveal:KEY`, `exercise:KEY`, `check:KEY`.
"""
