"""While the database is gone, locked or full the site says so with 503 and when to try again, and nobody waits long."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError, ProgrammingError, connection
from tests.command.people import World
from tests.command.web.api.asking import asking, problem
from tests.run.running_site import migrate_site

from fanzha.command.web import unavailable
from fanzha.command.web.roles import Role

#: What a process that answers requests says to each path: status, Retry-After and seconds.
ANSWER_REQUESTS = """
import resource, signal, sys, time
from fanzha.command.web import unavailable
from fanzha.command.web.roles import Role
unavailable.LOCK_WAIT_SECONDS = 1
if sys.argv[1] != "0":
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
from fanzha.command.web.wsgi import application
from django.test import RequestFactory
for path in sys.argv[2:]:
    method, path = path.split(":")
    body = {"login": "a@example.org", "password": "x", "csrfmiddlewaretoken": "a" * 32} if method == "post" else {}
    sent = {"host": "127.0.0.1", "cookie": "fanzha_csrf=" + "a" * 32}
    environ = getattr(RequestFactory(), method)(path, body, headers=sent).environ
    answers, began = [], time.monotonic()
    start = lambda status, headers, error=None: answers.append((status, dict(headers)))
    content = b"".join(application(environ, start)).decode()
    status, headers = answers[0]
    print(status.split()[0], headers.get("Retry-After"), int(time.monotonic() - began), *content.split("\\n")[:1])
"""
READY = "get:/readyz"


def answers(home: Path, *paths: str, largest_file: int = 0) -> list[list[str]]:
    """Return status, Retry-After, whole seconds and beginning of each answer of a new process."""
    command = [sys.executable, "-c", ANSWER_REQUESTS, str(largest_file), *paths]
    environment = {**os.environ, "FANZHA_HOME": str(home)}
    environment.pop("FANZHA_DATABASE_URL", None)
    answered = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=120)
    return [line.split(" ", 3) for line in answered.stdout.splitlines()]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a state folder with a migrated SQLite database."""
    migrate_site(tmp_path)
    return tmp_path


def test_a_site_that_can_write_is_ready(home: Path) -> None:
    ((status, _, _, words),) = answers(home, READY)
    assert (status, words) == ("200", "ok")


def test_a_locked_database_is_not_ready_and_a_write_is_answered_503_in_time(home: Path) -> None:
    locks = sqlite3.connect(home / "fanzha.sqlite3", isolation_level=None)
    locks.execute("BEGIN IMMEDIATE")
    ready, login = answers(home, READY, "post:/accounts/login/")
    locks.close()
    assert ready[:2] == ["503", "5"] and "locked" in ready[3]
    assert login[:2] == ["503", "5"] and int(login[2]) < 10


def test_a_gone_database_is_not_ready_and_answers_503(home: Path) -> None:
    for path in home.glob("fanzha.sqlite3*"):
        path.unlink()
    ready, login, api = answers(home, READY, "post:/accounts/login/", "get:/api/v1/orders/")
    assert ready[:2] == ["503", "5"] and "does not answer" in ready[3]
    assert login[:2] == ["503", "5"]
    assert api[0] in ("401", "503")


@pytest.mark.parametrize(("largest_file", "says"), [(4_096, "the database"), (40_000, "the state folder")])
def test_a_disk_without_room_is_not_ready(home: Path, largest_file: int, says: str) -> None:
    (ready,) = answers(home, READY, largest_file=largest_file)
    assert ready[:2] == ["503", "5"] and says in ready[3]


def gone(*_: Any) -> None:
    raise OperationalError("the server closed the connection")


def test_a_page_without_a_database_says_so_and_when_to_try_again(world: World) -> None:
    client = world.client("carrier", Role.ANALYST, language="en")
    client.raise_request_exception = False
    with connection.execute_wrapper(gone):
        answer = client.get("/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "saved completely or not at all" in answer.content.decode()


def test_the_api_without_a_database_answers_a_problem(world: World) -> None:
    client = asking(world, "carrier")
    client.raise_request_exception = False
    with connection.execute_wrapper(gone):
        answer = client.get("/api/v1/orders/")
    assert answer["Retry-After"] == "5"
    problem(answer, 503)


def test_other_errors_are_no_sign_of_a_gone_database() -> None:
    assert unavailable.is_unavailable(OperationalError()) and unavailable.is_unavailable(InterfaceError())
    assert not unavailable.is_unavailable(ProgrammingError()) and not unavailable.is_unavailable(None)
