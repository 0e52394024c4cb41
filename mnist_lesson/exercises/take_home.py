"""11 · Take home: what it costs to round every weight."""

from mnist_lesson.exercise_engine.guess import Guess

rounding = Guess(
    "take_home.rounding",
    question="""To make the file small, every weight is rounded to one of 255 marks, so that it
        fits into a single byte. Of 10,000 test digits, how many will the rounded network read
        differently?""",
    options={"a": "fewer than 50", "b": "about 500", "c": "about half of them"},
    truth="a",
    why="""When we ran it, 2 of the 10,000 were read differently. A single weight hardly matters:
        each answer adds up thousands of products, and some of the weights were rounded up while
        others were rounded down. Most of the little errors cancel out.""",
)
