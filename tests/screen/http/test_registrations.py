"""Registrations are pushed with a key of their own scope, in bulk, where the settings take them."""

import json

from tests.claims.snapshots import AT
from tests.screen.http.client import Answer, Screen, ask

from fanzha.screen.http.feed import BATCH_ROWS
from fanzha.store.screen_keys import KeyScope

ROW = b'{"number":"+8617000000101","country":"TH"}'


def push(screen: Screen, body: bytes, *, key: str = "") -> Answer:
    headers = {"content-type": "application/x-ndjson", "accept-language": "en"}
    scope = None if key else KeyScope.REGISTRATIONS
    return ask(screen, "POST", "/v1/registrations", scope=scope, key=key, body=body, headers=headers)


def test_rows_are_taken_in_bulk_and_known_at_once(screen: Screen) -> None:
    rows = [json.dumps({"number": f"+861700000{number:04}", "country": "TH"}).encode() for number in range(1_000)]
    assert push(screen, b"\n".join(rows)).json == {"taken": 1_000, "refused": 0, "why": []}
    assert len(screen.registrations) == 1_000
    assert screen.registrations.find(8617000000999, AT) == 0


def test_bad_rows_are_told_by_their_line(screen: Screen) -> None:
    answer = push(screen, b"\n".join([ROW] * BATCH_ROWS + [b"nothing"])).json
    assert (answer["taken"], answer["refused"]) == (BATCH_ROWS, 1)
    assert answer["why"][0].startswith(f"{BATCH_ROWS + 1}: ")


def test_a_key_for_events_does_not_push_registrations(screen: Screen) -> None:
    assert push(screen, ROW, key=screen.key[KeyScope.FEED]).status == 403
    assert push(screen, ROW, key="fzs_unknown").status == 401
    assert len(screen.registrations) == 0


def test_rows_count_by_the_rate_of_the_key(screen: Screen) -> None:
    key = screen.add_key("slow", KeyScope.REGISTRATIONS, rate=1, burst=10)
    assert push(screen, (ROW + b"\n") * 11, key=key).status == 413


def test_a_screen_whose_settings_take_none_says_so(screen: Screen) -> None:
    screen.parts.registrations = None
    answer = push(screen, ROW)
    assert answer.status == 404 and "[registrations]" in answer.json["detail"]
