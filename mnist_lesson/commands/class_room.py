"""The class on the teacher's laptop: `mnist-lesson class` and `mnist-lesson contest`."""

import argparse
from pathlib import Path
from typing import Any

# Nothing is imported at the top: these commands load half the lesson, and `mnist-lesson --help`
# shouldn't have to wait.


def add_parsers(commands: Any) -> None:
    """Add both commands to `mnist-lesson`."""
    one = commands.add_parser("class", help="show how far each learner in a class has got")
    one.add_argument("--html", type=Path, metavar="FILE", help="write the board as a page")
    one.add_argument("--csv", type=Path, metavar="FILE", help="write points for a gradebook")
    one.set_defaults(do=board)

    two = commands.add_parser("contest", help="judge the class competition")
    two.add_argument("--html", type=Path, metavar="FILE", help="write it as a page, with pictures")
    two.set_defaults(do=contest)

    handed_in = "where the learners' progress files and files of ten digits are"
    for command in (one, two):
        command.add_argument("folder", type=Path, metavar="FOLDER", help=handed_in)


def board(options: argparse.Namespace) -> int:
    """Print the class board, and write it as HTML and CSV if asked to."""
    from mnist_lesson.progress import class_board
    from mnist_lesson.progress.class_folder import read_class
    from mnist_lesson.shared.foreign import printable
    from mnist_lesson.shared.workspace import write_atomic

    room = read_class(options.folder)
    # File names come from learners, too, and mustn't move the terminal's cursor.
    print(f"{printable(class_board.summary(room), 10_000)}\n{class_board.in_words(room)}")
    for file, reason in room.left_out:
        print(printable(f"Left out: {file}: {reason}", 400))
    if options.html:
        write_atomic(options.html, class_board.board_page(room).encode())
    if options.csv:  # with the mark that tells a spreadsheet it's UTF-8
        write_atomic(options.csv, class_board.gradebook(room).encode("utf-8-sig"))
    return 0


def contest(options: argparse.Namespace) -> int:
    """Judge the competition: who reads whom, who trains fastest, and the hardest digit."""
    from mnist_lesson.progress import contest as judge
    from mnist_lesson.progress.class_folder import read_class
    from mnist_lesson.shared.workspace import write_atomic

    room = read_class(options.folder)
    readings = judge.who_reads_whom(room)
    print(f"Who reads whom\n{readings.table()}\n{readings}\n")
    winners = judge.fastest(room)
    print(judge.in_words(winners))
    if options.html:
        write_atomic(options.html, judge.contest_page(readings, winners).encode())
    else:
        print("For the hardest digits, which people judge, add: --html contest.html")
    return 0
