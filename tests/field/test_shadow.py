"""A running screen in shadow treats nothing and reports everything; registrations survive a takeover and a restart."""

import json
import os
import re
import signal
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.field.screens import Caller, Screen, metrics, treatment, until
from tests.free_ports import free_port
from tests.screen.feeds.sip_packets import hep
from tests.screen.sip.calls import request

pytestmark = pytest.mark.field

ROAMER, AT_HOME, UNPROVEN = "+8617000000101", "+8617000000102", "+8617000000103"


@pytest.fixture
def ports() -> dict[str, int]:
    return {name: free_port() for name in ("sip", "http", "hep")}


@pytest.fixture
def caller(ports: dict[str, int]) -> Iterator[Caller]:
    made = Caller(ports["sip"])
    yield made
    made.close()


def settings(ports: dict[str, int], *, shadow: bool) -> str:
    return f"""
shadow = {str(shadow).lower()}
[overload]
late_ms = 1000
[http]
port = {ports["http"]}
[sip.edge]
port = {ports["sip"]}
trunk_header = "X-Fanzha-Trunk"
[hep]
port = {ports["hep"]}
judge = true
trunk = "IGW-2"
[registrations]
[rules]
run = false
[trunks.IGW-1]
ingress = "international_gateway"
acts = "refuse"
[trunks.IGW-2]
ingress = "international_gateway"
acts = "refuse"
"""


def push(screen: Screen, port: int, *rows: dict[str, object]) -> dict[str, object]:
    """Push registrations with a key of their own."""
    key = screen.ask("screen", "key", "add", "hlr", "--scope", "registrations", "--by", "Lin").split()[-1]
    body = "\n".join(map(json.dumps, rows)).encode()
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/x-ndjson"}
    pushed = urllib.request.Request(f"http://127.0.0.1:{port}/v1/registrations", body, headers)
    end = time.monotonic() + 20
    while True:
        try:
            with urllib.request.urlopen(pushed, timeout=5) as answer:
                found: dict[str, object] = json.load(answer)
                return found
        except urllib.error.HTTPError as refused:  # until the screen knows the key
            refused.close()
            assert refused.code == 401 and time.monotonic() < end, refused
            time.sleep(0.05)


def figure(text: str, series: str) -> float:
    found = re.search(rf"^fanzha_screen_{re.escape(series)} (\S+)$", text, re.M)
    return float(found[1]) if found else -1.0


def test_a_screen_in_shadow_treats_nothing_and_reports_by_trunk(
    tmp_path: Path, ports: dict[str, int], caller: Caller
) -> None:
    with Screen(tmp_path, settings(ports, shadow=True), standby=False) as screen:
        for number in ("95588", "95588", UNPROVEN, "+442079460958"):
            assert treatment(caller.call(number)) == "allow"
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as copies:
            for _ in range(2):
                copies.sendto(hep(request("From: <sip:95588@x>;tag=1")), ("127.0.0.1", ports["hep"]))
        key = screen.ask("screen", "key", "add", "prometheus", "--scope", "metrics", "--by", "Lin").split()[-1]
        until(lambda: figure(metrics(ports["http"], key), 'calls_total{door="hep",treatment="allow"}') == 1)
        text = metrics(ports["http"], key)
        assert figure(text, 'trunk_calls_total{trunk="IGW-1",meant="refuse",treatment="allow"}') == 2
        assert figure(text, 'trunk_calls_total{trunk="IGW-2",meant="refuse",treatment="allow"}') == 1
        assert figure(text, 'trunk_responses_total{trunk="IGW-1",code="302"}') >= 4
        assert figure(text, 'trunk_wait_seconds_count{trunk="IGW-1"}') == 4
        assert figure(text, 'trunk_roaming_total{trunk="IGW-1",outcome="unproven"}') == 1
        assert figure(text, 'feed_messages_total{feed="hep",end="taken"}') == 2
        assert 0 <= figure(text, 'feed_silence_seconds{feed="hep"}') < 60
        assert figure(text, 'feed_silence_seconds{feed="registrations"}') >= 0
        until(lambda: screen.logged().count('"call"') == 5)
        report = json.loads(screen.ask("screen", "shadow-report", "--json"))
        refused = {
            trunk["trunk"]: sum(one["calls"] for one in trunk["treatments"] if one["meant"] == "refuse")
            for trunk in report["trunks"]
        }
        assert (report["calls"], refused) == (5, {"IGW-1": 2, "IGW-2": 1})


def test_a_trunk_is_put_in_shadow_and_back_while_calls_come(
    tmp_path: Path, ports: dict[str, int], caller: Caller
) -> None:
    with Screen(tmp_path, settings(ports, shadow=False), standby=False) as screen:
        assert treatment(caller.call("95588")) == "603"
        why = ("--by", "duty officer", "--why", "roll-back")
        screen.ask("screen", "shadow", "trunk", "IGW-1", *why)
        until(lambda: treatment(caller.call("95588")) == "allow")
        assert treatment(caller.call("95588", trunk="IGW-2")) == "603"
        screen.ask("screen", "on", "trunk", "IGW-1")
        until(lambda: treatment(caller.call("95588")) == "603")


def test_registrations_decide_at_once_after_a_takeover_and_after_a_restart(
    tmp_path: Path, ports: dict[str, int], caller: Caller
) -> None:
    def results() -> list[str]:
        answers = [caller.call(number) for number in (ROAMER, AT_HOME, UNPROVEN)]
        return [treatment(answer) + " unproven" * ("mobile_unproven" in answer) for answer in answers]

    expected = ["label", "603", "label unproven"]
    with Screen(tmp_path, settings(ports, shadow=False)) as screen:
        rows: list[dict[str, object]] = [
            {"number": ROAMER, "country": "TH"},
            {"number": AT_HOME, "country": "CN"},
            {"number": "95588"},
        ]
        answer = push(screen, ports["http"], *rows)
        assert (answer["taken"], answer["refused"]) == (2, 1)
        assert results() == expected
        screen.wait_for_standby()
        os.kill(screen.owner, signal.SIGKILL)
        assert results() == expected
    with Screen(tmp_path, settings(ports, shadow=False)):
        assert results() == expected
