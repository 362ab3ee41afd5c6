"""What makes up a look without its browser: command, personas, processes; the browser is a field test."""

import asyncio
import mmap
import os
import subprocess
import sys
from pathlib import Path

import pytest

from fanzha.base.errors import UsageError
from fanzha.collect.pages import looker
from fanzha.collect.pages.chromium import browser_command
from fanzha.collect.pages.look import FAULT, PLAIN, check_url, finish_guarded, visit_guarded
from fanzha.collect.pages.page_visit import PageCapture, PageVisitor
from fanzha.collect.pages.personas import PERSONAS
from fanzha.collect.pages.process_monitor import ProcessMonitor
from fanzha.store.look_record import PersonaVisit


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("bank.example", "http://bank.example"),
        (" https://user:secret@bank.example:8443/a?b#c ", "https://bank.example:8443/a?b#c"),
        ("http://[2001:db8::1]/", "http://[2001:db8::1]/"),
    ],
)
def test_the_address_of_a_page_loses_its_user(text: str, url: str) -> None:
    assert check_url(text) == url


@pytest.mark.parametrize(
    "text", ["file:///etc/passwd", "javascript:alert(1)", "http://", "data:text/html,x", "http://a:b:c/"]
)
def test_other_addresses_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match="no address of a page"):
        check_url(text)


def test_the_browser_goes_through_the_proxy_alone(tmp_path: Path) -> None:
    browser = tmp_path / "chromium"
    browser.write_text("#!/bin/sh\n")
    browser.chmod(0o700)
    command = browser_command(str(browser))
    assert command[0] == str(browser)
    assert {"--proxy-server=socks5://127.0.0.1:{port}", "--proxy-bypass-list=<-loopback>"} <= set(command)
    assert not any("no-sandbox" in flag for flag in command)


def test_a_missing_browser_is_named() -> None:
    with pytest.raises(UsageError, match="no-such-browser is not there"):
        browser_command("no-such-browser")


def test_a_telephone_says_so_in_user_agent_and_client_hints() -> None:
    phone, desktop = PERSONAS["phone"], PERSONAS["desktop"]
    assert "Mobile" in phone.user_agent("156") and phone.client_hints("156")["mobile"]
    assert "Mobile" not in desktop.user_agent("156") and not desktop.client_hints("156")["mobile"]
    assert all("Headless" not in persona.user_agent("156") for persona in PERSONAS.values())


def test_the_monitor_counts_a_process_and_its_children() -> None:
    with subprocess.Popen(["/bin/sh", "-c", "cat; true"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin and process.stdout
        process.stdin.write(b"x\n")
        process.stdin.flush()
        process.stdout.readline()  # both run
        use = ProcessMonitor(process.pid).measure()
        process.stdin.close()
    assert use.processes == 2 and use.memory_bytes > 0


def test_an_ended_process_uses_nothing() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    monitor = ProcessMonitor(process.pid)
    assert monitor.measure() == (0, 0) and monitor.cpu_seconds == 0
    assert ProcessMonitor(os.getpid()).measure().processes >= 1


class _BrokenVisitor(PageVisitor):
    def __init__(self) -> None:
        pass

    async def visit(self, url: str, persona: object, seconds: float, spent: asyncio.Event) -> PageCapture:
        raise ValueError("Invalid IPv6 URL")


def test_an_error_ends_the_visit_of_one_persona_alone() -> None:
    capture = asyncio.run(visit_guarded(_BrokenVisitor(), "http://p.example/", "phone", 1.0, asyncio.Event()))
    assert (capture.visit.persona, capture.visit.ended_by) == ("phone", FAULT)


@pytest.mark.parametrize(("error", "reason"), [(ValueError("x"), FAULT), (None, "time")])
def test_the_plain_client_cannot_spoil_a_look(error: Exception | None, reason: str) -> None:
    async def visit() -> PersonaVisit:
        if error:
            raise error
        await asyncio.sleep(60)
        return PersonaVisit(PLAIN)

    async def finish() -> PersonaVisit:
        return await finish_guarded(asyncio.create_task(visit()), "http://p.example/", 0.05)

    assert asyncio.run(finish()).ended_by == reason


def test_memory_that_processes_share_is_counted() -> None:
    monitor = ProcessMonitor(os.getpid())
    before = monitor.measure().memory_bytes
    with mmap.mmap(-1, 60_000_000) as shared:
        shared.write(bytes(60_000_000))
        assert monitor.measure().memory_bytes - before > 50_000_000


def test_a_look_leaves_no_files_of_its_browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = "import sys, tempfile; sys.stderr.write(tempfile.mkdtemp())"
    monkeypatch.setattr(looker, "look_command", lambda url, folder: [sys.executable, "-I", "-c", script])
    left = Path(asyncio.run(looker._look("http://p.example/", tmp_path / "k1", 60.0)))
    assert left.parent == tmp_path / "k1.work" and not left.parent.exists()
