"""The command line: `mnist-lesson lab` opens the lesson, and so on."""

import argparse
import contextlib
import io
import os
import socket
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from mnist_lesson import __version__
from mnist_lesson.commands import class_room, pack
from mnist_lesson.shared.workspace import FIRST_PAGE, WorkspaceError, full_path

# Closing a page stops its kernel, and kernels start mended (see mnist_lesson/shared/kernel.py).
SETTINGS = Path(__file__).parents[1] / "assets" / "jupyter"
OTHERS = ("IPYTHONDIR", "MPLCONFIGDIR")  # where IPython and Matplotlib keep their files
EXAMPLES = """examples:
  mnist-lesson lab                           make your own copy of the pages, and open it
  mnist-lesson lab --express                 the same, if you only have an hour
  mnist-lesson lab --no-browser --port 9000  on a server: print the address to open
  mnist-lesson pages --reset 06              a clean page 06; yours stays next to it
  mnist-lesson pages --new                   a new folder of clean pages, for the next group
  mnist-lesson check                         find out what's wrong, and what to do about it
  mnist-lesson rehearse                      before class: is this machine ready for every page?
  mnist-lesson rehearse --learners 30        the same on a server for thirty
  mnist-lesson papers my_papers              opener, handout, answers and slides, to print and show
  mnist-lesson class handed_in               how far each learner has got, and who's stuck
  mnist-lesson contest handed_in             judge a competition: who reads whom, who trains fastest
  mnist-lesson pack E:\\mnist_lesson          fill a USB stick for a room without internet

exit codes: 0 all is well, 1 something is wrong (the text says what), 2 the command is unknown
"""


def has_screen() -> bool:
    """Say whether we can open a browser here: not over SSH, and on Linux only with a display."""
    if "SSH_CONNECTION" in os.environ:
        return False
    return sys.platform != "linux" or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))


def lab_arguments(
    root: Path, *, browser: bool, port: int | None, page: str = FIRST_PAGE
) -> list[str]:
    """Return JupyterLab's arguments: which folder, which page to open, and few messages."""
    start = [f"--ServerApp.root_dir={root}", f"--LabApp.default_url=/lab/tree/{page}"]
    # Otherwise the browser gets a file in a hidden folder, which Ubuntu's browsers can't read.
    start += ["--log-level=WARN", "--ServerApp.use_redirect_file=False"]
    if port is not None:
        start += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
    if not browser:
        start += ["--no-browser"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        start += ["--allow-root"]  # in a container, root is often the only user
    return start


def up_to(most: int, example: int) -> Callable[[str], int]:
    """Return a function for argparse that reads a whole number from 1 to `most`."""

    def read(text: str) -> int:
        if text.isdecimal() and 1 <= int(text) <= most:
            return int(text)
        problem = f"{text!r} isn't a whole number from 1 to {most:,}, such as {example}"
        raise argparse.ArgumentTypeError(problem)

    return read


def is_free(number: int) -> bool:
    """Say whether JupyterLab can listen on a port."""
    try:
        # Just try: every system has its own way of listing the ports in use.
        with socket.create_server(("127.0.0.1", number)):
            return True
    except OSError:
        return False


def lay(options: argparse.Namespace) -> Path:
    """Lay out or update the learner's pages, and say where they are; or raise WorkspaceError."""
    from mnist_lesson.commands import pages

    try:
        folder = full_path(options.folder) if options.folder else pages.default_folder()
        if options.new and folder.exists():
            folder = pages.free_name(folder, date.today().isoformat())
        if options.reset:
            said = pages.reset(folder, options.reset)
        else:
            print(f"Your pages are in {folder}.")
            said = pages.lay(folder, options.purpose)
    except ValueError as error:  # no such page: another folder would not help
        raise WorkspaceError(str(error)) from error
    except (WorkspaceError, OSError) as error:
        way = "To use another folder, name it, as in: mnist-lesson lab my_folder"
        raise WorkspaceError(f"{error}\n{way}") from error
    print("\n".join(said), end="\n" if said else "", flush=True)
    return folder


def lab(options: argparse.Namespace) -> int:
    """Open JupyterLab on the first page of the learner's copy, and return when it closes."""
    # Asked first, or the pages would be laid for nothing.
    if options.port and not is_free(options.port):
        print(
            f"Port {options.port} is in use. Name another, as in --port "
            f"{options.port % 65535 + 1}, or leave it out."
        )
        return 1
    folder = lay(options)
    # This grammar of web addresses takes a second or two to load, and jsonschema works without it.
    known: Any = sys.modules  # None in here makes an import fail; the type doesn't allow for that
    known.setdefault("rfc3987_syntax", None)
    from jupyterlab.labapp import main as open_lab

    from mnist_lesson.commands.pages import EXPRESS_PAGE

    browser = has_screen() and not options.no_browser
    print(
        "The lesson opens in your browser."
        if browser
        else "Open the last address below in a browser."
    )
    print(f"To stop, press Ctrl-C here twice. Your work is saved in {folder}.", flush=True)
    # Ours first; whatever the person has named comes after it.
    for name in ("JUPYTER_CONFIG_PATH", "JUPYTER_PATH"):
        paths = [str(SETTINGS), os.environ.get(name, "")]
        os.environ[name] = os.pathsep.join(filter(None, paths))
    # What another course left in the home folder must not hide our kernel and our panels' code.
    os.environ.setdefault("JUPYTER_PREFER_ENV_PATH", "1")
    page = EXPRESS_PAGE if options.express else FIRST_PAGE
    open_lab(lab_arguments(folder, browser=browser, port=options.port, page=page))
    return 0


def lay_pages(options: argparse.Namespace) -> int:
    """Lay out or update the learner's pages, without opening them."""
    lay(options)
    return 0


def check(options: argparse.Namespace) -> int:
    """Check everything that the lesson needs."""
    try:
        from mnist_lesson.commands import check as doctor
    except ImportError as error:  # the check needs a few packages itself
        print(f"FAULT  packages      {error.name} is missing")
        print(f'{"":20} What to do: "{sys.executable}" -m pip install {error.name}')
        return 1
    return doctor.report()


def rehearse(options: argparse.Namespace) -> int:
    """Run the pages in rehearsal, and print what a class will have to wait for."""
    from mnist_lesson.commands.pages import edition
    from mnist_lesson.commands.rehearse import rehearse as run_all

    return run_all(edition(), options.pages, options.learners)


def papers(options: argparse.Namespace) -> int:
    """Write the papers for a class, as PDFs."""
    from mnist_lesson.commands.papers import papers as write_all

    return write_all(options.folder, options.learners)


def add_folder(command: argparse.ArgumentParser) -> None:
    """Give a command an argument for the learner's folder."""
    where = (
        "your folder; otherwise my_lesson in the lesson's folder, or with pip, mnist_lesson here"
    )
    command.add_argument("folder", nargs="?", metavar="FOLDER", help=where)


def parser() -> argparse.ArgumentParser:
    """Return the command-line parser; each subcommand names the function that does the work."""
    about = "Open the lesson, or find out what's wrong."
    as_typed = argparse.RawDescriptionHelpFormatter  # or argparse would run the examples together
    whole = argparse.ArgumentParser(
        "mnist-lesson", description=about, epilog=EXAMPLES, formatter_class=as_typed
    )
    whole.add_argument("--version", action="version", version=f"mnist-lesson {__version__}")
    commands = whole.add_subparsers(metavar="COMMAND", required=True)

    command = commands.add_parser("lab", help="open your own copy of the lesson in JupyterLab")
    add_folder(command)
    command.add_argument("--express", action="store_true", help="open the plan for one hour")
    command.add_argument(
        "--no-browser", action="store_true", help="print the address instead of opening it"
    )
    command.add_argument(
        "--port",
        type=up_to(65_535, 9000),
        help="the port to use; otherwise 8888, or the next that is free",
    )
    command.set_defaults(do=lab, reset="", new=False, purpose="")

    command = commands.add_parser(
        "pages", help="put clean pages into a folder, without opening them"
    )
    add_folder(command)
    command.add_argument(
        "--reset", metavar="PAGE", default="", help="put back a clean page, such as 06"
    )
    command.add_argument("--new", action="store_true", help="start a folder for a new group")
    purpose = "pages for Google Colab"
    command.add_argument("--for", dest="purpose", choices=["colab"], default="", help=purpose)
    command.set_defaults(do=lay_pages)

    command = commands.add_parser("check", help="find out what's wrong, and what to do about it")
    command.set_defaults(do=check)

    command = commands.add_parser(
        "rehearse", help="run every page here, and see what a class will have to wait for"
    )
    command.add_argument("pages", nargs="*", metavar="PAGE", help="such as 06; none means all")
    command.add_argument(
        "--learners",
        type=up_to(10_000, 30),
        default=1,
        help="how many work on this machine at once",
    )
    command.set_defaults(do=rehearse)

    command = commands.add_parser("papers", help="write the papers for a class, as PDFs")
    command.add_argument("folder", type=Path, metavar="FOLDER", help="where the papers go")
    certify = "learners' progress files: a certificate for each"
    command.add_argument("--class", dest="learners", type=Path, metavar="FOLDER", help=certify)
    command.set_defaults(do=papers)

    class_room.add_parsers(commands)
    pack.add_parser(commands)
    return whole


def settle_home() -> None:
    """If we can't write to the home folder, let Jupyter and the others write somewhere else."""
    try:
        tempfile.TemporaryFile(dir=Path.home()).close()
    except (OSError, RuntimeError):  # we can't write to it, or there isn't one
        folder = tempfile.mkdtemp(prefix="mnist_lesson-")
        print(f"Your home folder can't be written to, so Jupyter keeps its files in {folder}.")
        for name in (*(f"JUPYTER_{kind}_DIR" for kind in ("CONFIG", "DATA", "RUNTIME")), *OTHERS):
            os.environ.setdefault(name, folder)  # but if the user has set it, leave it


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says, and return the exit code."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # so an é in a path can't stop us on any terminal
    whole = parser()
    with contextlib.suppress(ImportError):  # `check` has to work even if packages are missing
        import argcomplete

        argcomplete.autocomplete(whole)
    options = whole.parse_args(arguments)
    settle_home()
    try:
        return int(options.do(options))
    except WorkspaceError as error:  # it says what to do
        print(error)
        return 1


if __name__ == "__main__":
    sys.exit(main())
