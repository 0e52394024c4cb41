"""Open the lesson. The first start installs what it needs. (On Windows, type: py start.py)

python3 start.py                           open the lesson in the browser
python3 start.py --no-browser --port 9000  on a server: print the address to open
python3 start.py check                     find out why something does not work
python3 start.py test                      run the tests, with short training runs
python3 start.py test --full -k load       all of them, in full; pytest's own options follow
python3 start.py pack FOLDER               fill a USB stick for a room without internet
python3 start.py check-stick               on a laptop: will this stick work here?
python3 start.py COMMAND ...               lab, pages, rehearse, papers, class, contest (add --help)
"""

import ast
import hashlib
import os
import re
import runpy
import shutil
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
OURS = "made-by-start.py"  # a file in an environment: we made it, and so may remove it
if os.path.lexists(str(VENV)) and (VENV.is_symlink() or not (VENV / OURS).exists()):
    VENV = ROOT / ".venv-lesson"  # a link, or somebody else's, is left alone
PYTHON = str(VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))
LOCK = []  # the open file by which only one start.py at a time installs here
WRONG_PYTHON = """The lesson needs a 64-bit Python 3.11, 3.12 or 3.13. This is {}.
If you have one, type: python3.12 start.py (on Windows: py -3.12 start.py). If not, get it from
python.org (Ubuntu: sudo apt install python3.12-venv), or: conda env create -f environment.yml"""
# pip's settings, and what uv calls them.
UV_NAMES = """index-url=UV_DEFAULT_INDEX extra-index-url=UV_INDEX find-links=UV_FIND_LINKS
no-index=UV_OFFLINE trusted-host=UV_INSECURE_HOST proxy=ALL_PROXY cert=SSL_CERT_FILE"""
# What uv, pip, venv or Windows says; below it, what to do.
REMEDIES = r"""No space left|ENOSPC|not enough space|os error (28|112)\b
The disk is full. Free 3 GB, then type the same line again.
Long Path|(WinError|os error) 206\b|[Ff]ile ?name too long
The path is too long for Windows. Move the lesson to a short folder, such as C:\lesson.
exit status 101\b|WindowsApps
The Python from the Microsoft Store cannot do this. Install the one from python.org.
(WinError|os error) 32\b|used by another process
A file is in use. Close the lesson everywhere (windows and terminals), and wait a minute.
(WinError|os error) 5\b|Access is denied
Close the lesson everywhere. If that does not help, have the virus scanner skip this folder.
CERTIFICATE_VERIFY|invalid peer certificate
The certificate was refused. Is the clock right? Name a school's own certificate in PIP_CERT.
Retrying|NewConnection|ConnectionReset|timed out|Max retries|IncompleteRead|error sending request
The internet isn't answering. Check the connection. Behind a proxy, set HTTPS_PROXY.
No matching distribution|Could not find a version|No solution found
A package isn't made for this kind of computer. Binder needs none of them: see README.md.

Do what these lines say, or show them to whoever gave you the lesson. Then type the same again."""


def failure(doing, lines):
    """Return the last lines of a command that failed and, in one more, what to do about it."""
    tail = [line.rstrip() for line in lines if line.strip()][-8:]
    table, output = REMEDIES.split("\n"), "".join(lines)
    remedy = next(
        table[row + 1] for row in range(0, len(table), 2) if re.search(table[row], output)
    )
    return "\n    ".join([f"This went wrong while {doing}:", *tail]) + "\n" + remedy


def environment():
    """Return the environment variables for our Python, less what would lead it or pip astray."""
    # Compiled files may be kept: without them, each start of TensorFlow takes three times as long.
    astray = """PYTHONPATH PYTHONHOME PYTHONSTARTUP PYTHONDONTWRITEBYTECODE
        PIP_TARGET PIP_PREFIX PIP_ROOT __PYVENV_LAUNCHER__"""
    env = {name: value for name, value in os.environ.items() if name not in astray.split()}
    env.update(PIP_USER="0", PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_NO_INPUT="1")
    env.update(VIRTUAL_ENV=str(VENV), UV_PYTHON=PYTHON)
    env["PATH"] = os.pathsep.join([os.path.dirname(PYTHON), env.get("PATH", "")])
    if (ROOT / "wheels").is_dir():  # a stick, or a copy of one
        env.update(PIP_NO_INDEX="1", PIP_FIND_LINKS=(ROOT / "wheels").as_uri())
    return env


def for_uv(env):
    """Return `env` with pip's indexes and network under the names that uv knows."""
    listed = subprocess.check_output([PYTHON, "-m", "pip", "config", "list"], env=env).decode()
    names = dict(pair.split("=") for pair in UV_NAMES.split())
    form = r"^(?:global|install|:env:)\.(?:default-)?([\w-]+)=(.*)$"
    for key, value in re.findall(form, listed, re.MULTILINE):
        words = ast.literal_eval(value).split()
        if key in names:  # pip lists the environment first: it wins over the files
            env.setdefault(names[key], ("," if key == "find-links" else " ").join(words))
    return {"UV_SYSTEM_CERTS": "1", "UV_INDEX_STRATEGY": "unsafe-best-match", **env}  # as pip does


def run(command, doing, env):
    """Run a command, showing its last line. Where it fails, end, and say what to do."""
    lines, how = [], {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    child = subprocess.Popen(command, cwd=ROOT, env=env, errors="replace", pass_fds=LOCK, **how)
    try:
        for line in child.stdout:
            lines.append(line)
            if sys.stdout.isatty():
                print("  " + line.strip()[:74].ljust(76), end="\r", flush=True)
    except BaseException:
        child.kill()
        child.wait()
        raise
    if child.wait():
        sys.exit(failure(doing, lines))


def marker(source):
    """Return the file that says that `source` is installed: as it is now, and in this folder."""
    digest = hashlib.sha256(str(ROOT).encode() + (ROOT / source).read_bytes()).hexdigest()
    return VENV / f"ready-{source}-{digest[:16]}"


def install(what, source, *arguments):
    """Install with uv or, where that fails, with pip; only then mark it as done."""
    print(f"Installing {what} ...".ljust(78), flush=True)
    for old in VENV.glob(f"ready-{source}-*"):
        old.unlink()
    command, env = ["pip", "install", *arguments], environment()
    try:
        run([PYTHON, "-m", "uv", *command], f"installing {what}", for_uv(dict(env)))
    except (SystemExit, subprocess.CalledProcessError):
        print("uv cannot do it here. Trying with pip, which takes longer ...".ljust(78), flush=True)
        run([PYTHON, "-m", *command], f"installing {what}", env)
    marker(source).touch()


def remove():
    """Remove our environment. It is renamed first: half of it must not pass for a whole one."""
    gone = VENV.with_name(VENV.name + "-gone")
    shutil.rmtree(gone, ignore_errors=True)
    VENV.rename(gone)
    shutil.rmtree(gone, ignore_errors=True)


def build():
    """Make the environment, and install the packages."""
    if VENV.exists():
        print("A start was cut short, or the lesson was changed or moved. Installing it again.")
        remove()
    print("This takes a few minutes, once.", flush=True)
    VENV.mkdir()
    (VENV / OURS).touch()
    # Our own Python may be that of the environment just removed: so take the one behind it.
    base = getattr(sys, "_base_executable", None) or sys.executable
    run([base, "-m", "venv", VENV], "making an environment", environment())
    get_uv = [PYTHON, "-m", "pip", "install", "-q", "--no-deps", "-c", "requirements.lock", "uv"]
    subprocess.call(get_uv, cwd=ROOT, env=environment(), stderr=subprocess.DEVNULL)
    install("the packages", "requirements.lock", "-r", "requirements.lock")


def prepare(with_tests):
    """Install what is missing. Whatever stops us, nothing half-made is left."""
    packages, lesson, tests = "requirements.lock", "pyproject.toml", "requirements-test.lock"
    try:
        if not (marker(packages).exists() and shutil.which(PYTHON)):
            build()
        if not marker(lesson).exists():
            install("the lesson", lesson, "--no-deps", "--no-build-isolation", "-e", ".")
        if with_tests and not marker(tests).exists():
            install("what the tests need", tests, "-r", tests)
    except BaseException:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not stop the tidying
        if VENV.exists() and not marker(packages).exists():
            print("\nTidying up ...", flush=True)
            remove()
        raise


def lock(file):
    """Wait until no other start.py installs here. The system unlocks it when we end in any way."""
    try:
        import fcntl

        LOCK.append(file.fileno())  # what we start holds it, too, should it outlive us
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print("Another start.py is installing here. Waiting for it ...", flush=True)
        fcntl.flock(file, fcntl.LOCK_EX)
    except (ImportError, OSError):
        pass  # Windows guards a folder that is in use by itself; some network drives cannot lock


def main(given):
    if not (3, 11) <= sys.version_info[:2] <= (3, 13) or sys.maxsize < 2**32:
        return WRONG_PYTHON.format(sys.version.split(" [")[0])
    if given[:1] in (["-h"], ["--help"]):
        return print(__doc__)
    if not given or given[0].startswith("-"):
        given = ["lab", *given]
    if given[0] == "check-stick":  # before anything is installed
        return runpy.run_path(str(ROOT / "mnist_lesson/commands/pack.py"))["check_stick"](ROOT)
    try:
        with open(__file__, "rb") as file:
            lock(file)
            prepare(with_tests=given[0] == "test")
    except KeyboardInterrupt:
        print("\nStopped. Nothing half-made is left. To go on, type the same line again.")
        return 130
    except OSError as error:
        return failure("getting ready", [str(error)])
    command = [PYTHON, "-m", "mnist_lesson", *given]
    if given[0] == "test":
        os.chdir(ROOT)
        spread = ["-n2", "--dist=loadfile", "--no-loadscope-reorder"]
        command = [PYTHON, "-m", "pytest", *spread, *given[1:]]
    if os.name != "nt":
        os.execve(PYTHON, command, environment())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the command gets Ctrl-C, too, and answers it
    return subprocess.call(command, env=environment())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
