"""How exercises answer back. For page authors: what a page can call.

**A guess that counts** (it becomes a dot in page 07's calibration plot) takes two cells. Between
them go the cells that work out the result; nothing above `reveal` may give the answer away.

    exercises.load.memoriser.ask()                # question, choices, how sure: a panel
    exercises.load.memoriser.reveal()             # verdict and the explaining paragraph (`why`)
    exercises.look.averages_read.reveal(100 * right)   # the result is the reader's own number

If `reveal` runs first, it asks for the guess, and fills itself in once there is one ("Run all" is
fine). In code, a guess is `exercises.load.memoriser.guess(answer="c", sure=70)`. The saved page
and GitHub show question and paragraph as text, so the page needs no Markdown copy of either.

**An exercise** takes a Markdown cell with the task, a cell with `exercise.blank`, and one line:

    exercises.load.pixels.check(pixels)           # verdict, with buttons Check · Hint · Solution

Its text lives in `exercises/<page>.py`: `key`, `title`, `task`, `blank`, `solution`, `hints`,
`why`, `slips`. Tag the cells `guess:KEY`, `reveal:KEY`, `exercise:KEY` and `check:KEY`.
"""
