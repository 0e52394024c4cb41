"""Run a command without a network and with folders that nobody can write, root included.

On Linux, fresh network and mount namespaces do it: only the loopback interface is up, and the
folders are mounted read-only over themselves. Everything else (the file system, other processes)
is as usual.
"""

import argparse
import functools
import os
import shutil
import socket
import struct
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

SIOCSIFFLAGS, IFF_UP = 0x8914, 0x1  # Linux: "set an interface's flags", "it is up"
NOWHERE = ("192.0.2.1", 80)  # an address kept for examples: nobody answers there


def wrap(command: Sequence[str], read_only: Sequence[Path]) -> list[str]:
    """Return the command line that runs `command` in there."""
    unshare = [shutil.which("unshare") or "unshare", "--net", "--mount"]
    if os.geteuid() != 0:
        unshare += ["--user", "--map-root-user"]
    folders = [part for folder in read_only for part in ("--read-only", str(folder))]
    return [*unshare, sys.executable, __file__, *folders, "--", *command]


@functools.cache
def why_not() -> str:
    """Return why namespaces cannot be had here, or an empty text where they can."""
    if not (sys.platform == "linux" and shutil.which("unshare") and shutil.which("mount")):
        return "network and mount namespaces need Linux with util-linux"
    command = wrap([sys.executable, "-c", ""], [Path(__file__).parent])
    trial = subprocess.run(command, capture_output=True, text=True)
    why = f"namespaces are not allowed here: {trial.stderr.strip()[-200:]}"
    return why if trial.returncode else ""


def bring_loopback_up() -> None:
    """Switch on `lo`, over which Jupyter talks to its kernels."""
    import fcntl  # Windows, which reads this file too, has none

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))


def make_read_only(folder: str) -> None:
    """Mount a folder over itself, read-only, and see that it is."""
    subprocess.run(["mount", "--bind", folder, folder], check=True)
    subprocess.run(["mount", "-o", "remount,bind,ro", folder], check=True)
    try:
        (Path(folder) / ".probe").touch()
    except OSError:
        return
    raise SystemExit(f"{folder} can still be written.")


def see_no_network() -> None:
    """Make sure that a connection to the outside fails."""
    with socket.socket() as attempt:
        attempt.settimeout(2)
        try:
            attempt.connect(NOWHERE)
        except TimeoutError:
            raise SystemExit("There still is a network.") from None
        except OSError:
            return
    raise SystemExit("There still is a network.")


def main() -> None:
    """Set up the inside, then become the command."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--read-only", action="append", default=[])
    parser.add_argument("command", nargs="+")
    options = parser.parse_args()
    bring_loopback_up()
    see_no_network()
    for folder in options.read_only:
        make_read_only(folder)
    os.execvp(options.command[0], options.command)


if __name__ == "__main__":
    main()
