"""`fanzha up`: the database is brought up to date, then site, worker, jobs, importer and a screen run."""

import http.client
import os
import socket
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from threading import Event
from typing import NamedTuple

from fanzha.base.errors import FanzhaError, WrongCall
from fanzha.base.words import Words
from fanzha.command.web.configuration import AT_HOME, Configuration, configuration
from fanzha.run.alone import alone
from fanzha.run.kept import Kept, Program, Say, keep, stop_all, told_to_stop
from fanzha.run.part import part
from fanzha.store.private_files import private_folder
from fanzha.store.state_folder import state_folder

SECONDS_TO_START = 60.0
_EXTRAS = {"command": ("django", "granian", "ninja"), "screen": ("httptools", "uvicorn", "uvloop")}


class CannotStart(FanzhaError):
    """The site did not come up (exit 1)."""

    exit_code = 1


class Place(NamedTuple):
    """Where the site listens."""

    host: str = "127.0.0.1"
    port: int = 8470

    @property
    def address(self) -> str:
        """Return what a browser on this machine is given."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{'127.0.0.1' if host in ('0.0.0.0', '[::]') else host}:{self.port}"


def up(place: Place, say: Say, *, screen: Path | None = None, processes: int = 0) -> None:
    """Run until SIGTERM or SIGINT. Raises WrongCall for what is wrong beforehand, CannotStart when the site fails."""
    needs("command")
    check_place(place, configuration())
    programs = plan(place, screen, processes or min(4, os.cpu_count() or 1))
    private_folder(state_folder() / "static")
    with alone(state_folder()):
        stop, woken = told_to_stop()
        bring_up_to_date(say)
        kept = [Kept(program, say) for program in programs]
        try:
            for one in kept:
                one.start()
            wait_until_ready(place, kept[0], stop)
            if not stop.is_set():
                say(f"开始服务 answering: {place.address}")
            keep(kept, stop, woken)
        finally:
            stop_all(kept, say)
            say("已停止 stopped")


def plan(place: Place, screen: Path | None, processes: int) -> list[Program]:
    """Return what is to run, the site first."""
    programs = [
        Program(Words("网站", "site"), part("site", place.host, str(place.port), str(processes))),
        Program(Words("执行器", "worker"), part("worker")),
        Program(Words("导入器", "importer"), part("importer")),
        Program(Words("后台任务", "jobs"), part("jobs")),
        Program(Words("定时任务", "regular jobs"), part("regular")),
    ]
    if (settings := screen_settings(screen)) is not None:
        programs.append(Program(Words("筛查", "screen"), [sys.executable, "-m", "fanzha", "screen", str(settings)]))
    return programs


def screen_settings(named: Path | None) -> Path | None:
    """Return the settings file of the screen: the named one, else `screen.toml` of the state folder if it is there."""
    if named is None and not (state_folder() / "screen.toml").is_file():
        return None
    if named is not None:
        needs("screen")
    elif missing("screen"):
        return None
    found = (named or state_folder() / "screen.toml").resolve()
    if not found.is_file():
        raise WrongCall(f"{found} is not there", fix="fanzha screen example prints a settings file to begin with")
    return found


def check_place(place: Place, said: Configuration) -> None:
    """Refuse to be open to the world without a proxy that speaks TLS, or to listen where somebody else does."""
    host = place.host.strip("[]")
    if host not in AT_HOME and f"[{host}]" not in AT_HOME and not said.is_public:
        raise WrongCall(
            f"--host {place.host} is open to other machines, but [site] hosts and address in fanzha.toml say nothing",
            fix="put a reverse proxy with TLS in front, and name hosts, its https:// address and proxies in [site]",
        )
    try:
        family = socket.getaddrinfo(host, place.port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind((host, place.port))
    except OSError as error:
        raise WrongCall(
            f"{place.host}:{place.port} cannot be listened at ({error.strerror or error})",
            fix="stop what uses it, or choose another --port",
        ) from None


def bring_up_to_date(say: Say) -> None:
    """Migrate the database in a process of its own; raises CannotStart."""
    say("检查数据库 bringing the database up to date")
    done = subprocess.run(part("migrate"), stdin=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise CannotStart("the database could not be brought up to date", fix="what is wrong stands above")


def wait_until_ready(place: Place, site: Kept, stop: Event) -> None:
    """Wait until the site answers; raises CannotStart when it ends before that, or takes too long."""
    end = time.monotonic() + SECONDS_TO_START
    while not stop.is_set():
        if answers(place, "/readyz"):
            return
        if site.process is None or site.process.poll() is not None:
            raise CannotStart("the site ended before it answered", fix="what is wrong stands above")
        if time.monotonic() > end:
            raise CannotStart(f"the site did not answer within {SECONDS_TO_START:g} s", fix="look at what it wrote")
        stop.wait(0.1)


def answers(place: Place, path: str) -> bool:
    """Say whether the site answers 200 at a path."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1", "[::]": "::1"}.get(place.host, place.host.strip("[]"))
    asked = http.client.HTTPConnection(host, place.port, timeout=5)
    try:
        asked.request("GET", path, headers={"Host": "127.0.0.1"})
        return asked.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asked.close()


def missing(extra: str) -> list[str]:
    """Return the packages of an extra that are not installed."""
    return [name for name in _EXTRAS[extra] if find_spec(name) is None]


def needs(extra: str) -> None:
    """Raise WrongCall when an extra is not installed."""
    if gone := missing(extra):
        raise WrongCall(f"this needs {', '.join(gone)}", fix=f"pip install 'fanzha[{extra}]'")
