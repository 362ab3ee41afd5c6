"""Calls that wait too long while a screen is held up are counted as late at either door."""

import json
import os
import re
import signal
import threading
import time
import urllib.request
from pathlib import Path

import pytest
from tests.field.screens import Caller, Screen, metrics, treatment, until
from tests.free_ports import free_port

pytestmark = [pytest.mark.field, pytest.mark.timed]

LATE_MS = 60  # below the shipped limit, since an owner that is silent for 250 ms is replaced
HELD_UP_SECONDS = 0.12


def ask(port: int, key: str) -> str:
    """Return why a call that is asked about over HTTP is treated as it is."""
    call = {"call_id": "c-1", "caller": "95588", "callee": "+8617000000900", "trunk": "IGW-1"}
    headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
    request = urllib.request.Request(f"http://127.0.0.1:{port}/v1/screen/call", json.dumps(call).encode(), headers)
    with urllib.request.urlopen(request, timeout=5) as answer:
        return str(json.load(answer)["reasons"][0])


def hold_up(process: int) -> None:
    """Let a process do nothing for a moment, while a call comes."""
    os.kill(process, signal.SIGSTOP)
    threading.Timer(HELD_UP_SECONDS, os.kill, (process, signal.SIGCONT)).start()


def late(figures: str, door: str) -> float:
    """Return how many calls of a door were late."""
    found = re.search(f'unscreened_calls_total{{door="{door}",why="late"}} ([0-9.]+)', figures)
    assert found, figures
    return float(found[1])


def test_who_waits_past_the_limit_is_late_at_either_door(tmp_path: Path) -> None:
    sip, http = free_port(), free_port()
    doors = f'[sip.edge]\nport = {sip}\ntrunk_header = "X-Fanzha-Trunk"\n[http]\nport = {http}\n'
    trunk = f'[overload]\nlate_ms = {LATE_MS}\n[trunks.IGW-1]\ningress = "international_gateway"\nacts = "refuse"\n'
    caller = Caller(sip)
    with Screen(tmp_path, doors + trunk) as screen:
        given = ("--scope", "call", "--scope", "metrics", "--by", "test")
        key = screen.ask("screen", "key", "add", "probe", *given).strip().splitlines()[-1]
        screen.wait_for_standby()
        began = metrics(http, key)
        assert (late(began, "sip"), late(began, "http")) == (0, 0)
        owner = screen.owner

        def held_up_by_sip() -> bool:
            before = late(metrics(http, key), "sip")
            hold_up(owner)
            answer = caller.call("95588")  # the first request is dropped, its repetition is decided
            time.sleep(HELD_UP_SECONDS)  # the process continues meanwhile
            return treatment(answer) == "603" and late(metrics(http, key), "sip") == before + 1

        def held_up_by_http() -> bool:
            hold_up(owner)
            why = ask(http, key)
            time.sleep(HELD_UP_SECONDS)
            return why == "late"

        until(held_up_by_sip)
        until(held_up_by_http)
        until(lambda: ask(http, key) == "service_from_abroad")
        told = metrics(http, key)
        assert late(told, "sip") >= 1 and late(told, "http") >= 1
        assert screen.owner == owner
    caller.close()
