"""What everybody may ask tells nothing of the question: not by its prefix, its length, its metrics or its errors."""

import re
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from tests.screen.http.client import BAD, LISTED, WATCHED, Answer, Screen, ask

from fanzha.claims.snapshot_entry import SnapshotEntry
from fanzha.claims.treatment import Treatment
from fanzha.claims.url_expressions import expressions, url_hash
from fanzha.claims.verdict import Level
from fanzha.screen.http.ranges import LENGTH_STEP, RangeEntry, RangeOut, pad
from fanzha.store.screen_keys import KeyScope


def range_of(screen: Screen, what: str, prefix: str) -> Answer:
    return ask(screen, "GET", f"/v1/ranges/{what}/{prefix}", scope=KeyScope.RANGES)


def hash_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def test_a_suspected_number_is_found_by_the_rest_of_its_hash(screen: Screen) -> None:
    whole = hash_of(BAD)
    assert range_of(screen, "phone_number", whole[:4]).json["entries"] == [[whole[4:16], "fake_authority"]]


def test_the_recipe_of_the_documents_finds_it_too(screen: Screen) -> None:
    page = Path(__file__).resolve().parents[3] / "docs" / "how-to" / "ask-a-screen.md"
    recipe = re.search(r"```python\n(.*?)```", page.read_text("utf-8"), re.S)
    assert recipe is not None
    written: dict[str, Any] = {}
    exec(recipe[1], written)
    answer, looked_for = written["range_of"](BAD)
    assert looked_for in dict(range_of(screen, "phone_number", answer).json["entries"])


def test_who_is_watched_simulated_or_borrowed_is_not_told(screen: Screen) -> None:
    others = [value for kind, value in LISTED if kind == "phone_number" and value != BAD]
    assert WATCHED in others and len(others) == 3
    for number in others:
        whole = hash_of(number)
        entries = range_of(screen, "phone_number", whole[:4]).json["entries"]
        assert whole[4:16] not in [suffix for suffix, _ in entries]


def test_answers_of_all_number_ranges_are_equally_long_however_full(screen: Screen) -> None:
    screen.change(
        {
            ("phone_number", f"+86170{n:08}"): SnapshotEntry(Level.SUSPECTED, Treatment.REFUSE, "wangiri")
            for n in range(10_000)
        }
    )
    answers = [range_of(screen, "phone_number", f"{n:04x}") for n in range(0, 65_536, 500)]
    assert len({len(answer.body) for answer in answers}) == 1
    assert len({len(answer.json["entries"]) for answer in answers}) > 1
    assert {frozenset(answer.headers.items()) for answer in answers} == {frozenset(answers[0].headers.items())}


def test_a_listed_link_is_found_whole_by_those_who_hold_its_prefix(screen: Screen) -> None:
    hashes = [url_hash(number).hex() for number in expressions("http://m.shop-made-up.example/pay/now?x=1")]
    listed = ask(screen, "GET", "/v1/ranges/url", scope=KeyScope.RANGES).body
    entry = {listed[at : at + 4].hex() for at in range(0, len(listed), 4)}
    (prefix,) = {whole[:8] for whole in hashes} & entry
    entries = dict(range_of(screen, "url", prefix).json["entries"])
    assert [entries[whole] for whole in hashes if whole in entries] == ["fake_shopping"]


@pytest.mark.parametrize("link", ["shop-made-up.example/watched", "simulated-made-up.example/", "nothing.example/"])
def test_links_that_may_not_be_told_look_like_any_other(screen: Screen, link: str) -> None:
    entries = range_of(screen, "url", url_hash(link).hex()[:8])
    assert entries.json["entries"] == [] and len(entries.body) == LENGTH_STEP


def test_a_hit_is_as_long_as_a_miss(screen: Screen) -> None:
    hit = range_of(screen, "url", url_hash("shop-made-up.example/pay/").hex()[:8])
    assert hit.json["entries"] and len(hit.body) == LENGTH_STEP


@pytest.mark.parametrize("what", ["url", "phone_number"])
@pytest.mark.parametrize(
    "prefix", ["", "0", "000", "00000", "0000000", "000000000", "zzzz", "ABCD", "%30000", "+861", BAD]
)
def test_only_a_prefix_of_the_set_length_is_a_question(screen: Screen, what: str, prefix: str) -> None:
    answer = range_of(screen, what, prefix)
    assert answer.status == 422
    assert BAD.encode() not in answer.body, "who asked with the number itself does not see it again"


def test_what_was_asked_stands_nowhere(screen: Screen) -> None:
    prefix = hash_of(BAD)[:4]
    answer = range_of(screen, "phone_number", prefix)
    assert f'"{prefix}'.encode() not in answer.body and answer.headers["cache-control"] == "no-store"
    assert prefix.encode() not in screen.metrics.text().replace(b"fanzha", b"")
    assert screen.metrics.ranges.series_for("phone_number").value == 1


def test_the_list_is_not_sent_twice_to_whoever_holds_it(screen: Screen) -> None:
    first = ask(screen, "GET", "/v1/ranges/url", scope=KeyScope.RANGES)
    entry = {"if-none-match": first.headers["etag"]}
    again = ask(screen, "GET", "/v1/ranges/url", scope=KeyScope.RANGES, headers=entry)
    assert (first.status, again.status, again.body) == (200, 304, b"")
    assert len(first.body) == 12 and again.headers["etag"] == first.headers["etag"]
    second = ask(screen, "GET", "/v1/ranges/url", scope=KeyScope.RANGES, headers={"if-none-match": '"other"'})
    assert second.status == 200


def test_the_list_costs_a_hundred_values(screen: Screen) -> None:
    key = screen.add_key("slow", KeyScope.RANGES, rate=1, burst=150)
    assert [ask(screen, "GET", "/v1/ranges/url", key=key).status for _ in "12"] == [200, 429]


def test_numbers_are_told_by_ranges_only_where_the_operator_says_so(screen: Screen) -> None:
    screen.parts.number_ranges = None
    assert range_of(screen, "phone_number", "0000").status == 404
    assert range_of(screen, "url", "00000000").status == 200


def test_without_a_snapshot_nothing_is_said(screen: Screen) -> None:
    screen.snapshot = None
    assert [range_of(screen, *item).status for item in (("url", "0" * 8), ("phone_number", "0" * 4))] == [503, 503]
    assert ask(screen, "GET", "/v1/ranges/url", scope=KeyScope.RANGES).status == 503


@pytest.mark.parametrize("count", [0, 1, 10, 40])
def test_padding_fills_up_to_the_length_or_the_next_step(count: int) -> None:
    entries = RangeOut((RangeEntry("ab" * 32, "phishing"),) * count, 1, 2)
    size = len(pad(entries, 2 * LENGTH_STEP))
    assert size % LENGTH_STEP == 0 and size >= 2 * LENGTH_STEP
