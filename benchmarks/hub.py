"""A class on a real JupyterHub on this machine: ten learners at once, three of them training.

    python benchmarks/hub.py ENVIRONMENT [--learners 10] [--training 3]

ENVIRONMENT is a Python environment with jupyterhub and the lesson installed (not editable). The
hub's proxy, configurable-http-proxy, must be on the path. Every learner logs in, gets their own
server, and runs pages 00 to 03, one after the other without a pause to think, which no class does.
Those who train run page 06 first, with one epoch.

start      seconds from logging in until a learner's own server answers
pages      seconds that a page takes, from its kernel's start to its last cell
memory     of hub, servers and kernels together, counted once (PSS), and of one learner

Writes benchmarks/hub.json.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import statistics
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import requests
import websocket
from measuring import keep_and_print, machine, parser

from mnist_lesson.commands.run_page import sampling

ROOT = Path(__file__).resolve().parents[1]
CONFIG = """
load_subconfig({ours!r})
c = get_config()
c.JupyterHub.bind_url = {url!r}
c.JupyterHub.hub_port = {hub_port}
c.JupyterHub.db_url = "sqlite:///{folder}/hub.sqlite"
c.JupyterHub.cookie_secret_file = "{folder}/cookie_secret"
c.JupyterHub.authenticator_class = "dummy"
c.JupyterHub.spawner_class = "simple"
c.JupyterHub.concurrent_spawn_limit = 0
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{proxy_port}"
c.ConfigurableHTTPProxy.pid_file = "{folder}/proxy.pid"
c.Authenticator.allow_all = True
c.SimpleLocalProcessSpawner.home_dir_template = "{folder}/homes/{{username}}"
c.Spawner.args = ["--allow-root"]
c.Spawner.start_timeout = c.Spawner.http_timeout = 300
"""


def free_port() -> int:
    """Return a free port."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextlib.contextmanager
def hub(environment: Path, folder: Path, more: str = "") -> Iterator[tuple[str, int]]:
    """Run a hub with a simple spawner and any password, and yield its address and its process."""
    url = f"http://127.0.0.1:{free_port()}"
    config = folder / "config.py"
    ours = str(ROOT / "docs" / "jupyterhub_config.py")
    ports = {"hub_port": free_port(), "proxy_port": free_port()}
    config.write_text(CONFIG.format(ours=ours, url=url, folder=folder, **ports) + more)
    path = os.pathsep.join([str(environment / "bin"), os.environ["PATH"]])
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MNIST_")}
    with (folder / "hub.log").open("w") as log:
        process = subprocess.Popen(
            [environment / "bin" / "jupyterhub", "-f", config],
            cwd=folder,
            env=kept | {"PATH": path},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        for _ in range(240):
            with contextlib.suppress(OSError):
                if requests.get(f"{url}/hub/api", timeout=5).ok:
                    break
            if process.poll() is not None:
                raise RuntimeError((folder / "hub.log").read_text()[-3000:])
            time.sleep(0.25)
        yield url, process.pid
    finally:
        family = psutil.Process(process.pid).children(recursive=True)
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(30)
        for left in family:  # a hub leaves its learners' servers running
            with contextlib.suppress(psutil.Error):
                left.kill()


class Learner:
    """Somebody who logs in and runs pages, the way a browser does."""

    def __init__(self, hub_url: str, name: str) -> None:
        self.name = name
        self.hub = f"{hub_url}/hub"
        self.server = f"{hub_url}/user/{name}"
        self.session = requests.Session()

    def log_in(self) -> float:
        """Log in, wait for a server, and return the seconds until it answers."""
        began = time.monotonic()
        self.session.get(f"{self.hub}/login", timeout=300)
        form = {"username": self.name, "password": "any", "_xsrf": self._xsrf()}
        self.session.post(f"{self.hub}/login", data=form, timeout=300).raise_for_status()
        self.session.get(f"{self.hub}/spawn", timeout=300)
        # The hub sends us to a waiting page, and then, with a token, to our own server.
        while not self.get("/lab").url.startswith(self.server):
            time.sleep(1)
        return time.monotonic() - began

    def get(self, path: str, server: str = "") -> requests.Response:
        """Ask the learner's own server, or another, for something."""
        return self.session.get((server or self.server) + path, timeout=300)

    def run(self, page: str, epochs: int | None = None) -> float:
        """Run all cells of a page on a new kernel, close it, and return the seconds."""
        began = time.monotonic()
        cells = self.get(f"/api/contents/{page}").json()["content"]["cells"]
        asked = {"path": page, "name": page, "type": "notebook", "kernel": {"name": "python3"}}
        headers = {"X-XSRFToken": self._xsrf()}
        session = self.session.post(
            f"{self.server}/api/sessions", json=asked, headers=headers, timeout=300
        ).json()
        address = f"{self.server}/api/kernels/{session['kernel']['id']}/channels"
        cookies = "; ".join(f"{one.name}={one.value}" for one in self._cookies())
        channel = websocket.create_connection(
            address.replace("http", "ws", 1), cookie=cookies, timeout=1800
        )
        for cell in cells:
            if cell["cell_type"] != "code":
                continue
            execute(channel, cell["source"])
            if epochs is not None and "parameters" in cell["metadata"].get("tags", []):
                execute(channel, f"epochs = {epochs}")
        channel.close()
        took = time.monotonic() - began
        self.session.delete(
            f"{self.server}/api/sessions/{session['id']}", headers=headers, timeout=300
        )
        return took

    def _cookies(self) -> list[Any]:
        """Return the cookies that a browser would send to the learner's server."""
        return [one for one in self.session.cookies if one.path in ("/", f"/user/{self.name}/")]

    def _xsrf(self) -> str:
        """Return the token that a form must send back: the server's, or else the hub's."""
        secrets = {one.path: one.value for one in self.session.cookies if one.name == "_xsrf"}
        return str(secrets.get(f"/user/{self.name}/") or secrets["/hub/"])


def execute(channel: websocket.WebSocket, code: str) -> None:
    """Run a cell and wait for the kernel's reply."""
    number = uuid.uuid4().hex
    header = {"msg_id": number, "msg_type": "execute_request", "session": number, "version": "5.3"}
    header |= {"username": "", "date": ""}
    content = {"code": code, "silent": False, "store_history": True, "allow_stdin": False}
    content |= {"user_expressions": {}, "stop_on_error": True}
    message = {"header": header, "parent_header": {}, "metadata": {}, "channel": "shell"}
    channel.send(json.dumps(message | {"content": content}))
    while True:
        raw = channel.recv()
        if isinstance(raw, bytes):  # pictures of panels come as bytes after the message
            continue
        answer = json.loads(raw)
        # Not the status, which the first cell may miss: the kernel speaks before everybody listens.
        if answer["msg_type"] == "execute_reply" and answer["parent_header"]["msg_id"] == number:
            if answer["content"]["status"] != "ok":
                raise RuntimeError("\n".join(answer["content"].get("traceback", ()))[-2000:])
            return


class Memory:
    """Watches the memory of a hub and of each learner, in GB, once a second."""

    def __init__(self, pid: int) -> None:
        self.whole = self.learner = 0.0
        self._hub = psutil.Process(pid)

    def sample(self) -> None:
        """Keep the largest figures so far."""
        servers = [gigabytes(one) for one in self._hub.children()]
        self.learner = max([self.learner, *servers])
        self.whole = max(self.whole, sum(servers) + pss(self._hub))


def pss(process: psutil.Process) -> float:
    """Return a process's memory in GB; shared memory is divided among those that share it."""
    try:
        return float(process.memory_full_info().pss) / 1e9
    except psutil.Error:
        return 0.0


def gigabytes(process: psutil.Process) -> float:
    """Return the memory of a process and everything it started."""
    return sum(map(pss, [process, *process.children(recursive=True)]))


def attend(url: str, number: int, trains: bool) -> dict[str, float]:
    """Be one learner: log in, and run the pages."""
    learner = Learner(url, f"learner{number}")
    took = {"start": learner.log_in()}
    pages = ["06_train"] * trains + ["00_introduction", "01_load", "02_preprocess", "03_look"]
    for page in pages:
        epochs = 1 if page == "06_train" else None
        took[page] = learner.run(f"mnist_lesson/{page}.ipynb", epochs)
    return took


def trial(environment: Path, learners: int, training: int) -> dict[str, Any]:
    """Let a class work, and return what we measured."""
    folder = Path(tempfile.mkdtemp())
    load = round(os.getloadavg()[0], 1)
    began = time.monotonic()
    with hub(environment, folder) as (url, pid), ThreadPoolExecutor(learners) as class_room:
        memory = Memory(pid)
        with sampling(memory.sample, every=1):
            at_work = [
                class_room.submit(attend, url, number, number < training)
                for number in range(learners)
            ]
            took = [learner.result() for learner in at_work]
    shutil.rmtree(folder, ignore_errors=True)
    seconds: dict[str, Any] = {}
    for name in sorted({name for line in took for name in line}):
        values = [line[name] for line in took if name in line]
        seconds[name] = {
            "learners": len(values),
            "median s": round(statistics.median(values)),
            "longest s": round(max(values)),
        }
    return {
        "machine": machine(),
        "load before": load,  # others' work on this machine
        "learners": learners,
        "training": training,
        "seconds in all": round(time.monotonic() - began),
        "memory GB": round(memory.whole, 2),
        "memory of one learner GB": round(memory.learner, 2),
        "seconds": seconds,
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, and keep the figures."""
    command = parser(__doc__)
    command.add_argument("environment", type=Path)
    command.add_argument("--learners", type=int, default=10)
    command.add_argument("--training", type=int, default=3)
    options = command.parse_args(arguments)
    found = trial(options.environment.absolute(), options.learners, options.training)
    keep_and_print(__file__, found)


if __name__ == "__main__":
    main()
