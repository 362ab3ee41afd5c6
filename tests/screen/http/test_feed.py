"""Rows that are fed in go on line by line, in bounded pieces; what was refused is told and counted."""

import asyncio

from tests.screen.http.client import Answer, Screen, ask, send_request

from fanzha.screen.http.feed import BATCH_ROWS, LONGEST_BODY, MAX_REASONS
from fanzha.store.screen_keys import KeyScope

ROW = b'{"table":"call_ended","event_id":"e","call_id":"c-1","answered":true}'


def feed(screen: Screen, body: bytes, *, key: str = "", content_type: str = "application/x-ndjson") -> Answer:
    headers = {"content-type": content_type, "accept-language": "en"}
    return ask(screen, "POST", "/v1/feed", scope=None if key else KeyScope.FEED, key=key, body=body, headers=headers)


def test_rows_are_told_as_facts_in_their_order(screen: Screen) -> None:
    rows = [b'{"table":"call_ended","event_id":"e","call_id":"%d"}' % number for number in range(3 * BATCH_ROWS + 1)]
    assert feed(screen, b"\n".join(rows) + b"\n").json == {"taken": len(rows), "refused": 0, "why": []}
    assert [table for table, _ in screen.facts] == ["call_ended"] * len(rows)
    assert [columns["call_id"] for _, columns in screen.facts] == [str(number) for number in range(len(rows))]


def test_between_two_pieces_others_have_their_turn(screen: Screen) -> None:
    turns: list[int] = []

    async def other() -> None:
        while len(turns) < 5:
            turns.append(len(screen.facts))
            await asyncio.sleep(0)

    async def both() -> None:
        request = {
            "type": "http",
            "method": "POST",
            "path": "/v1/feed",
            "query_string": b"",
            "headers": [(b"authorization", b"Bearer " + screen.key[KeyScope.FEED].encode())],
        }
        await asyncio.gather(send_request(screen.app, request, [b"\n".join([ROW] * (3 * BATCH_ROWS))]), other())

    asyncio.run(both())
    assert turns == [BATCH_ROWS, 2 * BATCH_ROWS, 3 * BATCH_ROWS, 3 * BATCH_ROWS, 3 * BATCH_ROWS]


def test_bad_rows_are_told_by_their_line_and_the_others_taken(screen: Screen) -> None:
    lines = [ROW, b"", *[b"nothing"] * 20, *[b""] * BATCH_ROWS, ROW, b'{"table":"never_heard_of"}']
    answer = feed(screen, b"\n".join(lines)).json
    assert (answer["taken"], answer["refused"], len(answer["why"])) == (2, 21, MAX_REASONS)
    assert [reason.partition(":")[0] for reason in answer["why"]] == [str(line) for line in range(3, 13)]
    count = screen.metrics.feed_rows.series_for
    assert (count("taken").value, count("refused").value) == (2, 21)


def test_a_line_far_down_is_told_by_its_number_too(screen: Screen) -> None:
    answer = feed(screen, b"\n".join([ROW] * (2 * BATCH_ROWS) + [b"x"])).json
    assert answer["why"][0].startswith(f"{2 * BATCH_ROWS + 1}: ")


def test_an_empty_body_feeds_nothing(screen: Screen) -> None:
    for body in (b"", b"\n\n \n"):
        assert feed(screen, body).json == {"taken": 0, "refused": 0, "why": []}
    assert not screen.facts


def test_rows_count_by_the_rate_of_the_key(screen: Screen) -> None:
    key = screen.add_key("slow", KeyScope.FEED, rate=1, burst=10)
    assert feed(screen, (ROW + b"\n") * 11, key=key).status == 413
    assert feed(screen, (ROW + b"\n") * 9, key=key).status == 200
    assert feed(screen, (ROW + b"\n") * 9, key=key).status == 429


def test_too_much_at_once_another_type_and_a_screen_without_a_feed_are_refused(screen: Screen) -> None:
    assert feed(screen, b"x" * (LONGEST_BODY + 1)).status == 413
    assert feed(screen, ROW, content_type="application/json").status == 415
    screen.parts.feed = None
    assert feed(screen, ROW).status == 404
