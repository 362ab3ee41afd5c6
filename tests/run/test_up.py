"""`fanzha up` starts and stops a site, restarts processes that die, and reports wrong settings before it starts."""

import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.free_ports import free_port
from tests.run.running_site import RunningSite, run_module, start_site

from fanzha.base.errors import UsageError
from fanzha.command.web.configuration import Configuration
from fanzha.run.up import SiteAddress, check_address, plan_processes, responds_ok, screen_settings

PUBLIC = Configuration(address="https://fanzha.example", hosts=("fanzha.example",), proxies=1)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    monkeypatch.delenv("FANZHA_DATABASE_URL", raising=False)
    return tmp_path


@pytest.fixture
def port(socket_enabled: None) -> int:
    return free_port()


def is_reachable(address: SiteAddress) -> bool:
    """Listen at an address and connect to it from this machine."""
    family = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)[0][0]
    listener = socket.create_server((address.host, address.port), family=family)
    with listener, socket.create_connection(("127.0.0.1", address.port), 10) as client:
        connection, peer = listener.accept()
        connection.close()
        return bool(client.getsockname() == peer)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7"])
def test_it_refuses_to_be_open_to_the_world_without_a_proxy(host: str) -> None:
    with pytest.raises(UsageError, match="is open to other machines"):
        check_address(SiteAddress(host), Configuration())


def test_behind_a_proxy_it_may_listen_to_other_machines(port: int) -> None:
    address = SiteAddress("0.0.0.0", port)
    with pytest.raises(UsageError, match="put a reverse proxy with TLS in front"):
        check_address(address, Configuration())
    check_address(address, PUBLIC)
    assert is_reachable(address), "trying the place left something there"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_this_machine_alone_needs_no_proxy(host: str, port: int) -> None:
    address = SiteAddress(host, port)
    check_address(address, Configuration())
    assert is_reachable(address), "trying the place left something there"
    with socket.create_server(("127.0.0.1", port)), pytest.raises(UsageError, match="cannot be listened at"):
        check_address(address, Configuration())


def test_a_port_that_is_taken_is_told(port: int) -> None:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen()
        with pytest.raises(UsageError, match=f"127.0.0.1:{port} cannot be listened at"):
            check_address(SiteAddress(port=port), Configuration())


@pytest.mark.parametrize(
    ("text", "words", "advice"),
    [
        (
            '[retention]\n"organizations.RefusedDisclosure" = 30',
            "fewer than the floor of 184 days (Cybersecurity Law",
            "set 184 to 1096 days",
        ),
        ('[retention]\n"organizations.RefusedDisclosure" = 9999', "exceed the ceiling of 1096 days", "set 184 to"),
        ('[retention]\n"organizations.Person" = 400', "no table with a period has this name", "write one of"),
        ("[disclosure]\nvalues_per_hour = 0", "[disclosure]", "site-settings.md"),
        ('[orders]\nlocal_addresses = "no"', "[orders]", "order.md"),
        ("[webhooks]\nprivate = true", "[webhooks]", "webhooks.md"),
        ("[exports]\nx = 1", "[exports]", ""),
        ("[verdicts]\nx = 1", "[verdicts]", ""),
        ("[budget]\nx = 1", "[budget", ""),
    ],
)
def test_a_wrong_table_of_settings_is_refused_before_anything_starts(
    home: Path, port: int, text: str, words: str, advice: str
) -> None:
    (home / "fanzha.toml").write_text(f"{text}\n", "utf-8")
    completed = run_module(home, "fanzha", "up", "--port", str(port))
    assert completed.returncode == 2
    assert words in completed.stderr and advice in completed.stderr
    assert [path.name for path in home.iterdir()] == ["fanzha.toml"], "something was started"


def test_a_browser_on_this_machine_is_given_an_address_that_works() -> None:
    assert SiteAddress("0.0.0.0", 80).url == "http://127.0.0.1:80"
    assert SiteAddress("::1", 80).url == "http://[::1]:80"


def test_a_screen_runs_where_its_settings_are(home: Path) -> None:
    assert screen_settings(None) is None
    assert [program.title.en for program in plan_processes(SiteAddress(), None, 1)] == [
        "site",
        "worker",
        "importer",
        "jobs",
        "jobs 2",
        "regular jobs",
        "collector of feeds",
    ]
    (home / "fanzha.toml").write_text("[jobs]\nworkers = 1\n")
    assert "jobs 2" not in [program.title.en for program in plan_processes(SiteAddress(), None, 1)]
    (home / "screen.toml").write_text("")
    assert screen_settings(None) == home / "screen.toml"
    assert plan_processes(SiteAddress(), None, 1)[-1].command == [
        sys.executable,
        "-m",
        "fanzha",
        "screen",
        str(home / "screen.toml"),
    ]
    with pytest.raises(UsageError, match="other.toml is not there"):
        screen_settings(home / "other.toml")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def running(
    request: pytest.FixtureRequest, tmp_path: Path, port: int, new_database: Callable[[], str]
) -> Iterator[tuple[RunningSite, SiteAddress]]:
    url = new_database() if request.param == "postgresql" else ""
    with start_site(tmp_path / "home", port, url=url) as site:
        yield site, SiteAddress(port=port)


@pytest.mark.field
def test_a_site_comes_up_lives_through_a_kill_and_goes_down(
    running: tuple[RunningSite, SiteAddress], tmp_path: Path
) -> None:
    site, address = running
    assert site.wait_for_output(r"answering: (\S+)") == [address.url]
    assert responds_ok(address, "/healthz") and responds_ok(address, "/readyz")
    assert not responds_ok(address, "/no-such-page")
    pids = {name: site.pid(name) for name in ("site", "worker", "importer", "后台任务 jobs", "regular jobs")}
    os.kill(pids["worker"], signal.SIGKILL)
    site.wait_for_output(r"worker ended \((SIGKILL)\), again in")
    assert site.pid("worker", 2) not in pids.values()
    second = run_module(tmp_path / "home", "fanzha", "up", "--port", str(free_port()))
    assert second.returncode == 2 and "runs already" in second.stderr
    assert site.stop(signal.SIGINT) == 0
    assert site.lines[-1] == "已停止 stopped"
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids.values())
    assert not responds_ok(address, "/healthz")


def test_a_site_that_cannot_start_ends_with_an_error(tmp_path: Path, port: int) -> None:
    with start_site(tmp_path, port, url="postgresql://postgres@/none?host=/none") as site:
        assert site.process.wait(60) == 1
        site.wait_for_output(r"(the database could not be brought up to date)")
