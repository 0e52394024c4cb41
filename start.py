# -*- coding: utf-8 -*-
"""Open the lesson with `python3 start.py`; run its tests with `python3 start.py test`.

Only Python's standard library is used. The first start makes an environment in `.venv` beside this file and
installs the exact versions of requirements.lock into it; later starts find it there.

This file must load on a Python that is too old, to say so: no f-strings, no annotations, only ASCII.
"""

import argparse
import errno
import hashlib
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import threading
import time

ROOT = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(ROOT, ".venv")
OLD = os.path.join(ROOT, ".venv-old")  # ours, while a new one is made
YOURS = os.path.join(ROOT, ".venv-yours")  # one that somebody else made
OURS = "made-by-start.py"  # this file in an environment says that we made it, and so may remove it
OLDEST, NEWEST = (3, 11), (3, 13)
NEEDED_BYTES = 4 * 10**9
# What each part is installed from. A part is trusted only while its marker holds the digest of these files.
PARTS = {
    "packages": ["requirements.lock"],
    "lesson": ["pyproject.toml"],
    "tests": ["requirements-test.lock"],
}

EXAMPLES = """examples:
  python3 start.py                           open the lesson in the browser
  python3 start.py --no-browser --port 9000  on a server: print the address to open
  python3 start.py check                     find out why something does not work
  python3 start.py test                      run the tests, with short trainings
  python3 start.py test --full               the same with the slowest tests, too, and the trainings in full
  python3 start.py test -k load              words after test go to pytest
"""

AGAIN = "Then type the same line again."
REMEDIES = [  # what pip says, and what to do about it
    ("No space left|ENOSPC|not enough space", "The disk is full. Free 4 GB. " + AGAIN),
    (
        "CERTIFICATE_VERIFY",
        "The network's certificate was refused. Check this computer's date and clock. In a school or an\n"
        "office, ask for the certificate file and name it in PIP_CERT. " + AGAIN,
    ),
    (
        "Retrying|NewConnection|ConnectionReset|timed out|ProxyError|Max retries|IncompleteRead",
        "The network does not answer. Check it. (Behind a proxy, set HTTPS_PROXY.) What came through is\n"
        "kept. " + AGAIN,
    ),
    (
        "No matching distribution|Could not find a version",
        "One of the packages is not offered to this computer. Try another Python from 3.11 to 3.13, or\n"
        "conda: conda env create -f environment.yml",
    ),
    (
        "WinError 206|Filename too long",
        "The folder's path is too long for Windows. Move the lesson to a short one, as C:\\lesson. "
        + AGAIN,
    ),
    (
        "",
        "Type the same line again. If it fails so again, show these lines to whoever gave you the lesson.",
    ),
]


LOCK = []  # the open file by which only one start.py at a time sets up here


class Trouble(Exception):
    """Something that the reader can put right; the message says how."""


def say(text):
    print(text)
    sys.stdout.flush()


# Can this Python, on this computer, run the lesson?


def python_trouble(version, works, system):
    """Return what is wrong with a Python of this version and the one line to type instead, or None.

    `works` tells of a command, a list of words, whether it ends well here.
    """
    version = tuple(version[:2])
    if OLDEST <= version <= NEWEST:
        return None
    text = "The lesson needs Python 3.11, 3.12 or 3.13, and this is Python {}.{}.".format(*version)
    commands = {"Windows": ["py -3.12", "py -3.13", "py -3.11"]}
    for command in commands.get(system, ["python3.12", "python3.13", "python3.11"]):
        if works(command.split() + ["-c", "import venv"]):
            return text + " You have a fitting one. Type:\n    {} start.py".format(command)
    lines = {"Windows": "winget install Python.Python.3.12", "Darwin": "brew install python@3.12"}
    new, line = "3.12", lines.get(system)
    if system == "Linux":
        new, line = linux_install(works)
    if line is None:
        return (
            text
            + " With conda, this line brings one, and all else, too:\n    conda env create -f environment.yml"
        )
    command = "py -{}" if system == "Windows" else "python{}"
    return "{} Install one. Type:\n    {}\nThen: {} start.py".format(
        text, line, command.format(new)
    )


def linux_install(works):
    """Return which Python this Linux offers, and the line that installs it; no line where it offers none."""
    for version in ("3.12", "3.13", "3.11"):
        if works(["apt-cache", "show", "python" + version]):
            return version, "sudo apt install python{0} python{0}-venv".format(version)
        if works(["dnf", "-q", "info", "python" + version]):
            return version, "sudo dnf install python" + version
    return None, None


def venv_trouble(version, system):
    """Return the one line to type where this Python cannot make environments, or None."""
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        text = "This Python came without the part that makes environments (venv). Type:\n    "
        if system == "Linux" and shutil.which("apt"):
            return text + "sudo apt install python{}.{}-venv".format(*version[:2])
        return text + "conda env create -f environment.yml"
    return None


def computer_trouble(system, machine, bits):
    """Return why TensorFlow cannot run on this kind of computer, or None."""
    machine = machine.lower()
    instead = (
        " The lesson also runs in the browser, with nothing to install: see Binder in README.md."
    )
    if bits < 64:
        return "This Python is a 32-bit one, and TensorFlow needs a 64-bit one. Install that kind of Python."
    if system == "Darwin" and machine != "arm64":
        return "TensorFlow no longer comes for Macs with an Intel processor." + instead
    if system == "Windows" and machine in ("arm64", "aarch64"):
        return "TensorFlow does not come for Windows on an ARM processor." + instead
    return None


def command_works(command):
    try:
        return subprocess.call(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) == 0
    except OSError:
        return False


def check_computer():
    system, version = platform.system(), sys.version_info
    trouble = python_trouble(version, command_works, system)
    trouble = trouble or computer_trouble(
        system, platform.machine(), 64 if sys.maxsize > 2**32 else 32
    )
    if trouble:
        raise Trouble(trouble)


# The environment


def venv_python():
    return os.path.join(
        VENV, *(["Scripts", "python.exe"] if os.name == "nt" else ["bin", "python"])
    )


def clean_environment():
    """Return the environment variables for our Python, less what would lead it or pip to another place."""
    astray = "PYTHONPATH PYTHONHOME PYTHONSTARTUP PIP_TARGET PIP_PREFIX PIP_ROOT __PYVENV_LAUNCHER__".split()
    env = {name: value for name, value in os.environ.items() if name not in astray}
    env.update(
        PIP_USER="0", PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_NO_INPUT="1", PYTHONUNBUFFERED="1"
    )
    env["PATH"] = os.path.dirname(venv_python()) + os.pathsep + env.get("PATH", "")
    env["VIRTUAL_ENV"] = VENV
    return env


def marker(part):
    return os.path.join(VENV, "ready-" + part)


def digest(part):
    """Return what a part's marker must hold: its sources, and the folder (an environment cannot be moved)."""
    found = hashlib.sha256(ROOT.encode("utf-8"))
    for name in PARTS[part]:
        with open(os.path.join(ROOT, name), "rb") as file:
            found.update(file.read())
    return found.hexdigest()


def ready(part):
    try:
        with open(marker(part)) as file:
            return file.read() == digest(part)
    except (OSError, IOError):
        return False


def set_ready(part):
    with open(marker(part) + ".part", "w") as file:
        file.write(digest(part))
    os.rename(marker(part) + ".part", marker(part))


def python_runs():
    """Say whether the environment's Python still starts and sees its packages.

    The one that it was made from may have been removed, or have become a newer one, which looks elsewhere.
    """
    try:
        return subprocess.call([venv_python(), "-c", "import pip"], stderr=subprocess.PIPE) == 0
    except OSError:
        return False


def remove(folder):
    """Remove an environment of ours. It gets another name first: half of it must not be taken for somebody's own."""
    gone = folder + "-gone"
    shutil.rmtree(gone, ignore_errors=True)
    try:
        if os.path.islink(folder):
            os.unlink(folder)
        else:
            os.rename(folder, gone)
    except OSError:
        gone = folder
    shutil.rmtree(gone, ignore_errors=True)
    if os.path.lexists(folder):
        raise Trouble(
            "{} could not be removed. Close this lesson everywhere, delete it. {}".format(
                folder, AGAIN
            )
        )


def ours(folder):
    return os.path.exists(os.path.join(folder, OURS))


def prepare(with_tests):
    """Make `.venv` ready, doing only what is missing. A part that was not finished is never trusted."""
    if not (ready("packages") and python_runs()):
        build()
    if not ready("lesson"):
        install("lesson", ["--no-deps", "--no-build-isolation", "-e", ROOT], "the lesson itself")
    if with_tests and not ready("tests"):
        install(
            "tests", ["-r", os.path.join(ROOT, "requirements-test.lock")], "what the tests need"
        )


def build():
    """Make the environment. Whatever stops us, a half-made one is removed and the one before put back."""
    trouble = venv_trouble(sys.version_info, platform.system())
    if trouble:
        raise Trouble(trouble)
    aside = put_aside()
    try:
        free = shutil.disk_usage(ROOT).free
        if free < NEEDED_BYTES:
            raise Trouble(
                "The lesson needs 4 GB here, and {:.1f} are free. Free some. {}".format(
                    free / 1e9, AGAIN
                )
            )
        say("The lesson's packages are fetched and kept in .venv, once. This takes a few minutes.")
        say("Making an environment with Python {}.{} ...".format(*sys.version_info[:2]))
        os.mkdir(VENV)
        open(os.path.join(VENV, OURS), "w").close()
        # Our own Python may be the one of the .venv that was put aside: so the Python behind it.
        base = getattr(sys, "_base_executable", None) or sys.executable
        run([base, "-m", "venv", VENV], "making an environment")
        install("packages", ["-r", os.path.join(ROOT, "requirements.lock")], "the packages")
        install("lesson", ["--no-deps", "--no-build-isolation", "-e", ROOT], "the lesson itself")
    except BaseException:
        ignore_signals()  # a second Ctrl-C must not stop the tidying
        say("\nTidying up ...")
        remove(VENV)
        if aside:
            os.rename(aside, VENV)
        raise
    shutil.rmtree(OLD, ignore_errors=True)


def put_aside():
    """Move the environment that is there out of the way, and return where it went, if anywhere."""
    if ours(VENV) and not os.path.exists(marker("packages")):
        say("An earlier start did not finish. Its .venv is removed and made anew.")
        remove(VENV)
    if not os.path.lexists(VENV):
        return OLD if os.path.isdir(OLD) else None
    if ours(VENV):
        aside = OLD
        say("The lesson has changed since the last start, or was moved: its .venv is made anew.")
        remove(OLD)
    else:
        aside = YOURS
        say("There is a .venv here that start.py did not make. It is kept, as .venv-yours.")
    try:
        os.rename(VENV, aside)
    except OSError as error:
        raise Trouble(
            "{} cannot be renamed to {} ({}). Close this lesson everywhere, or rename the one that is\n"
            "there. {}".format(VENV, aside, error.strerror, AGAIN)
        )
    return aside


def install(part, arguments, words):
    """Install one part with pip, then mark it as done. Its old mark goes first."""
    if os.path.exists(marker(part)):
        os.remove(marker(part))
    total = 0
    if arguments[0] == "-r":
        with open(arguments[1]) as file:
            total = sum(1 for line in file if "==" in line)
    say("Installing {} ...".format(words))
    pip = [venv_python(), "-m", "pip", "install"]
    run(pip + arguments, "installing " + words, total)
    set_ready(part)


# Running a command and showing how it goes


def run(command, words, total=0):
    """Run a command, showing what it is at; raise Trouble with its last lines and a remedy where it fails."""
    began, lines = time.time(), []
    # Its own group, so that Ctrl-C comes to us alone: we end it, and wait for its end, before we tidy up. It
    # holds our lock too, so that after a kill -9 of ours, the next start waits until nothing writes here.
    if os.name == "nt":
        how = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    else:
        how = {"start_new_session": True, "pass_fds": [lock.fileno() for lock in LOCK]}
    how.update(
        cwd=ROOT,
        env=clean_environment(),
        stdin=subprocess.DEVNULL,
        universal_newlines=True,
        errors="replace",
    )
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **how)
    reader = threading.Thread(target=lambda: lines.extend(iter(child.stdout.readline, "")))
    reader.daemon = True
    reader.start()
    try:
        watch(child, reader, lines, total, began)
    except BaseException:
        end(child)
        raise
    if child.wait() != 0:
        raise Trouble(failure(words, lines))
    say("  done in {:.0f} s".format(time.time() - began))


def watch(child, reader, lines, total, began):
    """Show one line that moves on a screen, or a line now and then in a file, until the command has ended."""
    screen = sys.stdout.isatty()
    every = 0.25 if screen else 15
    shown = began
    while reader.is_alive():
        reader.join(0.1)
        if time.time() - shown < every:
            continue
        shown = time.time()
        text = "  {:3.0f} s  {}".format(shown - began, what_now(lines, total))
        sys.stdout.write("\r" + text[:78].ljust(78) if screen else text + "\n")
        sys.stdout.flush()
    if screen:
        sys.stdout.write("\r" + " " * 78 + "\r")


def what_now(lines, total):
    """Put pip's last lines into a few words."""
    collected = sum(line.startswith("Collecting ") for line in lines)
    for line in reversed(lines):
        words = line.split()
        if "Retrying" in line:
            return "the network does not answer; trying again"
        if line.startswith("Installing collected"):
            return "unpacking {} packages (the longest part)".format(total or "the")
        if line.startswith("Collecting ") and len(words) > 1:
            name = words[1].split("=")[0]
            return (
                "fetching {} of {}: {}".format(collected, total, name)
                if total
                else "fetching " + name
            )
    return "getting ready"


def end(child):
    """End a command and all that it started, and wait until it is gone."""
    ignore_signals()
    try:
        if os.name == "nt":
            subprocess.call(
                ["taskkill", "/F", "/T", "/PID", str(child.pid)], stdout=subprocess.PIPE
            )
        else:
            os.killpg(child.pid, signal.SIGTERM)
    except OSError:
        pass
    child.wait()


def failure(words, lines):
    text = "".join(lines)
    tail = [line.rstrip() for line in lines if line.strip()][-8:]
    remedy = next(words for signs, words in REMEDIES if re.search(signs, text))
    return "This went wrong while {}:\n    {}\n{}".format(words, "\n    ".join(tail), remedy)


def lock():
    """Wait until no other start.py is setting up here, and keep others waiting until ours has done so."""
    file = open(os.path.abspath(__file__), "rb")
    told = False
    while not locked(file):
        if not told:
            say("Another start.py is setting up here. Waiting for it ...")
        told = True
        time.sleep(0.5)
    LOCK.append(file)


def locked(file):
    """Try to lock a file, and say whether it is ours. The system unlocks it when we end, however we end."""
    try:
        if os.name == "nt":
            import msvcrt

            file.seek(2**30)  # past its end, so that nobody's reading is blocked
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (OSError, IOError) as error:
        # A file system without locks (some network drives) is no reason not to start.
        return error.errno not in (errno.EACCES, errno.EAGAIN, errno.EDEADLK)
    return True


# The three things to do when it is ready


def hand_over(command, env):
    """Run the last command in our place, and end as it ends."""
    if os.name != "nt":
        os.execve(command[0], command, env)
    child = subprocess.Popen(command, env=env)
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:  # it gets Ctrl-C too, and answers it in its own way
            continue


def lesson(options):
    command = [venv_python(), "-m", "mnist_lesson.commands.cli", options.what]
    if options.what == "lab":
        command += ["--no-browser"] if options.no_browser else []
        command += ["--port", str(options.port)] if options.port else []
    elif options.full:
        command += ["--full"]
    return hand_over(command, clean_environment())


def tests(options):
    env = clean_environment()
    env["MNIST_LESSON_REHEARSAL"] = "0" if options.full else "1"
    selected = [] if options.full or "-m" in options.rest else ["-m", "not slow"]
    say(
        "Running the tests{} ...".format(
            ", trainings in full: this takes long" if options.full else ""
        )
    )
    command = [venv_python(), "-m", "pytest"]
    if os.cpu_count() != 1 and not {"-n", "-n0", "-s", "--pdb"}.intersection(options.rest):
        command += ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]
    return hand_over(command + selected + options.rest, env)


def port(text):
    if not (text.isdigit() and 1 <= int(text) <= 65535):
        raise argparse.ArgumentTypeError(
            "{!r} is none: a port is a whole number from 1 to 65535, such as 9000".format(text)
        )
    return int(text)


def arguments(given):
    parser = argparse.ArgumentParser(
        prog="start.py",
        description="Open the lesson. The first time, its packages are installed.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "what", nargs="?", choices=["lab", "check", "test"], default="lab", help="lab, if left out"
    )
    parser.add_argument(
        "--no-browser", action="store_true", help="print the address in place of opening it"
    )
    parser.add_argument(
        "--port", type=port, help="the port to use; otherwise 8888, or the next that is free"
    )
    parser.add_argument(
        "--full", action="store_true", help="with test: nothing is shortened; with check: train too"
    )
    options, options.rest = parser.parse_known_args(given)
    if options.rest and options.what != "test":
        parser.error("not understood: " + " ".join(options.rest))
    if options.what == "lab" and options.full:
        parser.error("--full goes with test or check: start.py test --full")
    if options.what != "lab" and (options.no_browser or options.port):
        parser.error("--no-browser and --port go with lab: start.py --no-browser --port 9000")
    return options


def stop(number, frame):
    raise KeyboardInterrupt


def signals():
    """Return what may ask us to stop, on this system."""
    return [
        getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
    ]


def ignore_signals():
    for one in signals():
        signal.signal(one, signal.SIG_IGN)


def main(given):
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(
            errors="replace"
        )  # a narrow terminal must not stop us at an accent in a path
    try:
        check_computer()
        options = arguments(given)
        os.chdir(ROOT)
        for one in signals():
            signal.signal(one, stop)
        lock()
        prepare(options.what == "test")
        LOCK.pop().close()
        return tests(options) if options.what == "test" else lesson(options)
    except Trouble as trouble:
        say("\n" + str(trouble))
        return 1
    except KeyboardInterrupt:
        say("\nStopped. Nothing half-made is left in use. To go on, type the same line again.")
        return 130
    except (OSError, IOError) as error:
        say("\n{}\nThe lesson must be whole, and in a folder that you may write in.".format(error))
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
