"""The class on the teacher's laptop: `mnist-lesson class` and `mnist-lesson contest`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any


def add_parsers(commands: Any) -> None:
    """Add both commands to those of `mnist-lesson`."""
    handed_in = "where the learners' progress files and files of ten digits are"
    one = commands.add_parser("class", help="show how far each learner in a class has got")
    one.add_argument("folder", type=Path, metavar="FOLDER", help=handed_in)
    one.add_argument("--html", type=Path, metavar="FILE", help="write the board as a page")
    one.add_argument("--csv", type=Path, metavar="FILE", help="write points for a gradebook")
    one.set_defaults(do=board)

    one = commands.add_parser("contest", help="judge a class's competition")
    one.add_argument("folder", type=Path, metavar="FOLDER", help=handed_in)
    one.add_argument("--html", type=Path, metavar="FILE", help="write it as a page, with pictures")
    again = "train the fastest three once more, all on this computer"
    one.add_argument("--again", action="store_true", help=again)
    one.set_defaults(do=contest)


def board(options: argparse.Namespace) -> int:
    """Print the class's board, and write it as HTML and CSV where that is asked for."""
    # Here, not at the top: they load half the lesson, and `mnist-lesson --help` need not wait.
    from mnist_lesson.progress import class_board
    from mnist_lesson.progress.class_folder import ClassFolder, ClassFolderError
    from mnist_lesson.shared.workspace import WorkspaceError, write_atomic

    try:
        room = ClassFolder(options.folder).look()
        print(f"{class_board.summary(room)}\n{class_board.in_words(room)}")
        for file, reason in room.left_out:
            print(class_board.printable(f"Left out: {file}: {reason}"))
        if options.html:
            write_atomic(options.html, class_board.board_page(room).encode())
        if options.csv:  # with the mark by which a spreadsheet knows UTF-8
            write_atomic(options.csv, class_board.gradebook(room).encode("utf-8-sig"))
    except (ClassFolderError, WorkspaceError) as error:
        print(error)
        return 1
    return 0


def contest(options: argparse.Namespace) -> int:
    """Judge the competition: who reads whom, who trains fastest, and the hardest digit."""
    from mnist_lesson.progress import contest as judge
    from mnist_lesson.progress.class_folder import ClassFolder, ClassFolderError
    from mnist_lesson.shared.workspace import WorkspaceError, write_atomic

    try:
        room = ClassFolder(options.folder).look()
        readings = judge.who_reads_whom(room)
        print(f"Who reads whom\n{readings.table()}\n{readings}\n")
        winners = judge.fastest(room, again=options.again)
        print(judge.in_words(winners))
        if options.html:
            write_atomic(options.html, judge.contest_page(readings, winners).encode())
        else:
            print("For the hardest digits, which people judge, add: --html contest.html")
    except (ClassFolderError, WorkspaceError) as error:
        print(error)
        return 1
    return 0
