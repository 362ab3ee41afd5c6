"""Values are looked up one by one and by the thousand, as people write them; every kind but words and persons."""

import asyncio
import json
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.claims.snapshots import AT
from tests.screen.http.client import BAD, GOOD, LISTED, WATCHED, Answer, Screen, ask, send_request, value_query

from fanzha.base.errors import Malformed
from fanzha.claims.fraud_type import FRAUD_TYPES
from fanzha.claims.snapshot_entry import SnapshotEntry
from fanzha.claims.verdict import Level
from fanzha.kinds.phone_number import KIND as PHONE
from fanzha.screen.http.lookup import (
    EXCLUDED_KINDS,
    LONGEST_NUMBER_TEXT,
    LONGEST_VALUE,
    MAX_VALUES,
    TURN_NS,
    _parse_number,
    describe_verdict,
    look_up,
    lookup_kinds,
)
from fanzha.screen.http.redress import to_redress
from fanzha.store.appeal_contact import AppealContact
from fanzha.store.screen_keys import KeyScope

WIDE = "".join(chr(ord(sign) + 0xFEE0) for sign in BAD)  # full-width forms


def many(screen: Screen, values: list[str], kind: str = "phone_number", key: str = "") -> Answer:
    address = f"/v1/lookup/{kind}"
    return ask(screen, "POST", address, scope=None if key else KeyScope.LOOKUP, key=key, body={"values": values})


def one(screen: Screen, query: str, kind: str = "phone_number") -> Answer:
    return ask(screen, "GET", f"/v1/lookup/{kind}?{query}", scope=KeyScope.LOOKUP)


def states(answer: Answer) -> list[str]:
    return [result["state"] for result in answer.json["results"]]


def test_a_listed_number_is_told_with_everything_but_reasons(screen: Screen) -> None:
    answer = one(screen, value_query(BAD)).json
    assert (answer["sequence"], answer["made_at"]) == (1, AT)
    assert answer["results"] == [
        {
            "state": "listed",
            "opinions": [
                {
                    "level": "suspected",
                    "treatment": "refuse",
                    "fraud_type": "fake_authority",
                    "until": LISTED["phone_number", BAD].until,
                    "direction": "",
                    "service": "",
                    "ingress": "",
                    "organisation": "a made-up carrier",
                    "simulated": False,
                    "zh": "涉诈嫌疑：冒充公检法及政府机关",
                    "en": "suspected: impersonated police, court or government",
                }
            ],
        }
    ]


@pytest.mark.parametrize("written", [BAD, "17000000001", "0086 170-0000-0001", WIDE])
def test_a_number_is_found_however_it_is_written(screen: Screen, written: str) -> None:
    assert states(one(screen, value_query(written))) == ["listed"]
    assert states(many(screen, [written])) == ["listed"]


def test_a_plus_in_an_address_stays_a_plus(screen: Screen) -> None:
    assert states(one(screen, f"value={BAD}")) == ["listed"]


def test_a_batch_is_answered_in_its_order(screen: Screen) -> None:
    answer = many(screen, [GOOD, BAD, "no number", WATCHED, BAD])
    assert states(answer) == ["unlisted", "listed", "malformed", "listed", "listed"]
    assert answer.json["results"][3]["opinions"][0]["level"] == "watch"


def test_a_thousand_values_go_at_once_and_no_more(screen: Screen) -> None:
    values = [BAD, GOOD] * (MAX_VALUES // 2)
    assert states(many(screen, values)) == ["listed", "unlisted"] * (MAX_VALUES // 2)
    assert many(screen, [*values, GOOD]).status == 422
    assert many(screen, []).status == 422


@pytest.mark.parametrize(("length", "status"), [(LONGEST_VALUE, 200), (LONGEST_VALUE + 1, 422)])
def test_a_value_is_no_longer_than_a_link_can_be(screen: Screen, length: int, status: int) -> None:
    value = "a" * length
    assert many(screen, [value], "website").status == status
    assert one(screen, value_query(value), "website").status == status


@pytest.mark.parametrize(
    "query", ["", "value=", "value", "Value=1", "value=1&value=2", "value=1&more=2", "value=" + "%41" * 3_000]
)
def test_an_address_names_one_value(screen: Screen, query: str) -> None:
    assert one(screen, query).status == 422


@pytest.mark.parametrize("query", ["value=%FF%FE", "value=%00", "value=%ED%A0%80", "value=%", "value=%zz"])
def test_bytes_that_are_no_text_are_a_value_like_any(screen: Screen, query: str) -> None:
    for kind in lookup_kinds():
        assert one(screen, query, kind).status == 200


@pytest.mark.parametrize(
    ("link", "answer"),
    [
        ("https://bank-made-up.example/any", "phishing"),
        ("hxxp://bank-made-up[.]example", "phishing"),
        ("http://shop-made-up.example/pay/now?x=1", "fake_shopping"),
        ("http://m.shop-made-up.example/pay/", "fake_shopping"),
        ("http://shop-made-up.example/", None),
        ("http://bank-made-up.example.org/", None),
    ],
)
def test_a_link_is_found_by_its_host_and_by_its_path(screen: Screen, link: str, answer: str | None) -> None:
    (result,) = many(screen, [link], "website").json["results"]
    assert [opinion["fraud_type"] for opinion in result["opinions"]] == ([answer] if answer else [])


def test_what_has_ended_is_no_longer_told_and_further_scopes_are(screen: Screen) -> None:
    wide = SnapshotEntry(Level.WATCH, fraud_type="wangiri")
    screen.change(
        {
            ("phone_number", GOOD): SnapshotEntry(Level.SUSPECTED, until=AT // 2),
            ("phone_number", BAD): SnapshotEntry(Level.SUSPECTED, ingress="mobile", next_scope=wide),
            ("phone_number", WATCHED): None,
        }
    )
    answer = many(screen, [GOOD, BAD, WATCHED])
    assert states(answer) == ["unlisted", "listed", "unlisted"]
    texts = [(value["level"], value["ingress"]) for value in answer.json["results"][1]["opinions"]]
    assert texts == [("suspected", "mobile"), ("watch", "")]
    assert answer.json["sequence"] == 2


@pytest.mark.parametrize("kind", ["", "nothing", "person", "message", "PHONE_NUMBER"])
def test_only_kinds_that_may_be_asked_are(screen: Screen, kind: str) -> None:
    assert many(screen, [GOOD], kind).status == 404
    assert one(screen, value_query(GOOD), kind).status == 404
    assert not EXCLUDED_KINDS & set(lookup_kinds())


@pytest.mark.parametrize("kind", lookup_kinds())
@pytest.mark.parametrize("value", ["x", "110", "‮", "\x00", "..", "http://[", "a" * 2_000, "💥", "00" * 40])
def test_any_text_of_any_kind_gets_a_state(screen: Screen, kind: str, value: str) -> None:
    assert states(many(screen, [value], kind))[0] in ("unlisted", "malformed")


def test_every_value_of_a_batch_counts_by_the_rate_of_its_key(screen: Screen) -> None:
    key = screen.add_key("slow", KeyScope.LOOKUP, rate=1, burst=10)
    assert many(screen, [GOOD] * 11, key=key).status == 413
    assert many(screen, [GOOD] * 8, key=key).status == 200
    assert many(screen, [GOOD] * 8, key=key).status == 429


#: What made kinds slow once: blanks, escapes of escapes, folders upon folders, letters of no alphabet.
HOSTILE = (" ", "%25", f"http://a.example/{'%25' * 500}", "/a", "../", "a.", "中.", "[.]", "（点）", "+", "1", "\u202e")


@pytest.mark.parametrize("kind", lookup_kinds())
def test_calls_have_their_turn_while_hostile_values_are_looked_up(screen: Screen, kind: str) -> None:
    values = [(text * LONGEST_VALUE)[:LONGEST_VALUE] for text in HOSTILE] * 5
    body = json.dumps({"values": values}, ensure_ascii=False).encode()
    request = {
        "type": "http",
        "method": "POST",
        "path": f"/v1/lookup/{kind}",
        "query_string": b"",
        "headers": [(b"authorization", b"Bearer " + screen.key[KeyScope.LOOKUP].encode())],
    }
    turns: list[float] = []

    async def both() -> int:
        asking = asyncio.create_task(send_request(screen.app, request, [body]))
        while not asking.done():
            began = process_time()
            await asyncio.sleep(0)
            turns.append(process_time() - began)
        return asking.result().status

    assert asyncio.run(both()) == 200
    assert max(turns) < 20 * TURN_NS / 1e9


def test_without_a_snapshot_nothing_is_said(screen: Screen) -> None:
    screen.snapshot = None
    assert many(screen, [GOOD]).status == 503 and one(screen, value_query(GOOD)).status == 503


def test_what_was_asked_is_counted_and_stands_nowhere_in_the_metrics(screen: Screen) -> None:
    many(screen, [BAD, GOOD, "no number"])
    count = screen.metrics.lookups.series_for
    assert [count("phone_number", answer).value for answer in ("yes", "no", "malformed")] == [1, 1, 1]
    assert BAD.encode()[1:] not in screen.metrics.text()


def test_who_withholds_a_text_learns_where_its_sender_appeals(screen: Screen) -> None:
    screen.parts.redress = to_redress(AppealContact("https://appeals.example/appeal/", "+8610000001"))
    listed, other = many(screen, [GOOD, BAD]).json, many(screen, [GOOD]).json
    assert listed["appeal"] == {"address": "https://appeals.example/appeal/", "hotline": "+8610000001"}
    assert "appeal" not in other, "there is nothing to appeal against"
    assert to_redress(AppealContact()) is None


def test_a_number_is_no_longer_than_people_write_it(screen: Screen) -> None:
    assert screen.snapshot is not None
    spaced = BAD + " " * (LONGEST_NUMBER_TEXT - len(BAD))
    assert look_up(screen.snapshot, "phone_number", spaced, AT).state == "listed"
    assert look_up(screen.snapshot, "phone_number", spaced + " ", AT).state == "malformed"


def test_kinds_that_others_bring_may_be_asked_too() -> None:
    assert set(lookup_kinds()).isdisjoint(EXCLUDED_KINDS) and {"phone_number", "website", "app"} <= set(lookup_kinds())


@given(st.one_of(st.text(max_size=40), st.from_regex(r"[+0-9 ()-]{1,30}", fullmatch=True)))
def test_numbers_are_read_as_their_kind_reads_them(raw: str) -> None:
    def read(spelling: Any) -> str:
        try:
            return str(spelling(raw))
        except Malformed:
            return ""

    assert read(_parse_number) == read(PHONE.normalise)


@pytest.mark.parametrize("fraud_type", ["", "never_heard_of", *FRAUD_TYPES])
def test_a_verdict_is_said_in_both_languages(fraud_type: str) -> None:
    words = describe_verdict(Level.SUSPECTED, fraud_type)
    assert words.zh.startswith("涉诈嫌疑") and words.en.startswith("suspected")
