"""`fanzha up` brings a whole site up and down, starts again what dies, and tells beforehand what cannot be."""

import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.free_ports import free_port
from tests.run.running_site import Running, run, up

from fanzha.base.errors import WrongCall
from fanzha.command.web.configuration import Configuration
from fanzha.run.up import Place, answers, check_place, plan, screen_settings

PUBLIC = Configuration(address="https://fanzha.example", hosts=("fanzha.example",), proxies=1)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    monkeypatch.delenv("FANZHA_DATABASE_URL", raising=False)
    return tmp_path


@pytest.fixture
def port(socket_enabled: None) -> int:
    return free_port()


def is_reached(place: Place) -> bool:
    """Listen there and connect from this machine."""
    family = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)[0][0]
    listening = socket.create_server((place.host, place.port), family=family)
    with listening, socket.create_connection(("127.0.0.1", place.port), 10) as asked:
        taken, whence = listening.accept()
        taken.close()
        return bool(asked.getsockname() == whence)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7"])
def test_it_refuses_to_be_open_to_the_world_without_a_proxy(host: str) -> None:
    with pytest.raises(WrongCall, match="is open to other machines"):
        check_place(Place(host), Configuration())


def test_behind_a_proxy_it_may_listen_to_other_machines(port: int) -> None:
    place = Place("0.0.0.0", port)
    with pytest.raises(WrongCall, match="put a reverse proxy with TLS in front"):
        check_place(place, Configuration())
    check_place(place, PUBLIC)
    assert is_reached(place), "trying the place left something there"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_this_machine_alone_needs_no_proxy(host: str, port: int) -> None:
    place = Place(host, port)
    check_place(place, Configuration())
    assert is_reached(place), "trying the place left something there"
    with socket.create_server(("127.0.0.1", port)), pytest.raises(WrongCall, match="cannot be listened at"):
        check_place(place, Configuration())


def test_a_port_that_is_taken_is_told(port: int) -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        taken.bind(("127.0.0.1", port))
        taken.listen()
        with pytest.raises(WrongCall, match=f"127.0.0.1:{port} cannot be listened at"):
            check_place(Place(port=port), Configuration())


def test_a_browser_on_this_machine_is_given_an_address_that_works() -> None:
    assert Place("0.0.0.0", 80).address == "http://127.0.0.1:80"
    assert Place("::1", 80).address == "http://[::1]:80"


def test_a_screen_runs_where_its_settings_are(home: Path) -> None:
    assert screen_settings(None) is None
    assert [program.title.en for program in plan(Place(), None, 1)] == [
        "site",
        "worker",
        "importer",
        "jobs",
        "regular jobs",
    ]
    (home / "screen.toml").write_text("")
    assert screen_settings(None) == home / "screen.toml"
    assert plan(Place(), None, 1)[-1].command == [sys.executable, "-m", "fanzha", "screen", str(home / "screen.toml")]
    with pytest.raises(WrongCall, match="other.toml is not there"):
        screen_settings(home / "other.toml")


@pytest.fixture(params=["sqlite", "postgresql"])
def running(
    request: pytest.FixtureRequest, tmp_path: Path, port: int, new_database: Callable[[], str]
) -> Iterator[tuple[Running, Place]]:
    url = new_database() if request.param == "postgresql" else ""
    with up(tmp_path / "home", port, url=url) as site:
        yield site, Place(port=port)


def test_a_site_comes_up_lives_through_a_kill_and_goes_down(running: tuple[Running, Place], tmp_path: Path) -> None:
    site, place = running
    assert site.said(r"answering: (\S+)") == [place.address]
    assert answers(place, "/healthz") and answers(place, "/readyz")
    assert not answers(place, "/no-such-page")
    pids = {name: site.pid(name) for name in ("site", "worker", "importer", "后台任务 jobs", "regular jobs")}
    os.kill(pids["worker"], signal.SIGKILL)
    site.said(r"worker ended \((SIGKILL)\), again in")
    assert site.pid("worker", 2) not in pids.values()
    second = run(tmp_path / "home", "fanzha", "up", "--port", str(free_port()))
    assert second.returncode == 2 and "runs already" in second.stderr
    assert site.stop(signal.SIGINT) == 0
    assert site.lines[-1] == "已停止 stopped"
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids.values())
    assert not answers(place, "/healthz")


def test_a_site_that_cannot_start_ends_with_an_error(tmp_path: Path, port: int) -> None:
    with up(tmp_path, port, url="postgresql://postgres@/none?host=/none") as site:
        assert site.process.wait(60) == 1
        site.said(r"(the database could not be brought up to date)")
