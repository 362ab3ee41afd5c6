"""The supervisor reports what an operator must know before calls are lost, and waits for ports of a killed one."""

import socket
import threading

import pytest
from tests.free_ports import free_port

from fanzha.base.errors import UsageError
from fanzha.screen.settings import ScreenSettings, SipSettings
from fanzha.screen.site import priority
from fanzha.screen.site.supervisor import PORTS_VARIABLE, Supervisor, wait_for_sockets


def supervisor(settings: ScreenSettings, reports: list[str]) -> Supervisor:
    return Supervisor([], settings, reports.append, lambda: settings)


def test_a_refused_real_time_priority_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    reports = list[str]()
    monkeypatch.setattr(priority, "raise_supervisor", lambda: False)
    supervisor(ScreenSettings(), reports)._raise_own_priority()
    assert "no real-time priority" in reports[0] and "未取得实时优先级" in reports[0]
    supervisor(ScreenSettings(real_time=False), reports)._raise_own_priority()
    assert len(reports) == 1


@pytest.mark.enable_socket
def test_ports_that_are_about_to_be_freed_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = ScreenSettings(sip={"edge": SipSettings(port=free_port(), protocols=("udp",))})
    held = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    held.bind(("127.0.0.1", settings.sip["edge"].port))
    with pytest.raises(UsageError, match="cannot listen"):
        wait_for_sockets(settings)
    monkeypatch.setenv(PORTS_VARIABLE, "20")
    threading.Timer(0.2, held.close).start()
    for opened in wait_for_sockets(settings).values():
        opened.close()


def test_the_standby_count_of_the_settings_is_used() -> None:
    assert ScreenSettings().standby_count == 2
    assert ScreenSettings(standbys=1).standby_count == 1
    assert ScreenSettings(standby=False).standby_count == 0
