"""A call or text is a contact of each own subscriber in it, once, under the number that is proven."""

from pathlib import Path

import pyarrow as pa
import pytest
from tests.analyze.profile.made_up import ALSO_OURS, FOREIGN, MONTH, OURS, Row, call, of_calls, table
from tests.analyze.profile.rescan import sorted_tables

from fanzha.analyze.profile.contacts import write_contacts
from fanzha.analyze.profile.month import DAYS, MIN_DAYS
from fanzha.windows import DAY_MS


def contacts(tables: dict[str, pa.Table], folder: Path, *, most_events: int = 100) -> list[Row]:
    written = write_contacts(sorted_tables(tables, folder), MONTH, folder / "contacts", events_per_share=most_events)
    return [row for share in range(written.shares) for batch in written.read_share(share) for row in batch.to_pylist()]


def sides(tables: dict[str, pa.Table], folder: Path) -> set[tuple[str, str, str | None]]:
    return {(row["sort"], row["subscriber"], row["other"]) for row in contacts(tables, folder)}


def test_a_call_between_our_own_is_made_by_one_and_taken_by_the_other(tmp_path: Path) -> None:
    tables = of_calls(
        call(caller=OURS, proven_caller=OURS, callee=ALSO_OURS),
        call(9_000, call_id="d", caller=ALSO_OURS, proven_caller=ALSO_OURS, callee=FOREIGN),
    )
    expected = {("made", OURS, ALSO_OURS), ("taken", ALSO_OURS, OURS), ("made", ALSO_OURS, FOREIGN)}
    assert sides(tables, tmp_path) == expected


def test_a_claimed_number_is_known_to_the_callee_in_its_canonical_form_and_has_made_nothing(tmp_path: Path) -> None:
    tables = of_calls(call(caller="170 0000 0002", callee=OURS), call(5, caller=OURS, proven_caller=OURS, call_id="d"))
    assert sides(tables, tmp_path) == {("taken", OURS, ALSO_OURS), ("made", OURS, None)}


def test_the_device_is_that_of_the_caller_alone(tmp_path: Path) -> None:
    tables = of_calls(call(caller=OURS, proven_caller=OURS, callee=ALSO_OURS, device="860000000000017"))
    tables["sim_use"] = table("sim_use", {"at": 1, "sim_card": "1", "device": "2", "number": ALSO_OURS})
    devices = {row["sort"]: row["device"] for row in contacts(tables, tmp_path)}
    assert devices == {"made": "860000000000017", "taken": None}


def test_who_forwards_a_call_has_it_with_the_caller(tmp_path: Path) -> None:
    tables = of_calls(
        call(caller=FOREIGN, callee=ALSO_OURS, original_callee=OURS),
        call(5, caller=FOREIGN, callee=OURS, original_callee=OURS, call_id="d"),
    )
    tables["sim_use"] = table("sim_use", {"at": 1, "sim_card": "1", "device": "2", "number": OURS})
    assert sides(tables, tmp_path) == {("forwarded", OURS, FOREIGN), ("taken", OURS, FOREIGN)}


def test_calls_without_an_answer_and_with_oneself_are_no_contacts(tmp_path: Path) -> None:
    tables = of_calls(
        call(caller=OURS, proven_caller=OURS, callee=FOREIGN, answered=False),
        call(9, caller=OURS, proven_caller=OURS, callee=OURS, call_id="d"),
    )
    assert contacts(tables, tmp_path) == []


@pytest.mark.parametrize(
    ("begun", "talk_ms", "counts"),
    [
        (-1_000, 1_000, True),  # ends with the beginning of the month
        (-1_001, 1_000, False),
        (-DAY_MS + 5, DAY_MS - 1, True),
        (-DAY_MS + 5, DAY_MS, False),  # an offer a day old is forgotten
        (DAYS * DAY_MS - 1_001, 1_000, True),
        (DAYS * DAY_MS - 1_000, 1_000, False),
    ],
)
def test_a_call_counts_in_the_month_in_which_it_ends(begun: int, talk_ms: int, counts: bool, tmp_path: Path) -> None:
    tables = of_calls(call(begun, talk_ms, caller=OURS, proven_caller=OURS, callee=FOREIGN))
    assert len(contacts(tables, tmp_path)) == counts


def test_a_second_end_of_a_call_counts_for_nobody_even_when_the_first_lies_before_the_month(tmp_path: Path) -> None:
    tables = of_calls(call(-9_000, 1_000, caller=OURS, proven_caller=OURS, callee=FOREIGN))
    again = table("call_ended", {"at": 5, "call_id": "c", "answered": True, "event_id": "again"})
    tables["call_ended"] = pa.concat_tables([tables["call_ended"], again])
    assert contacts(tables, tmp_path) == []


def texts(*rows: Row, first: int = -DAY_MS) -> dict[str, pa.Table]:
    """Return texts after one that lies before all; numbers seen with a card are ours."""
    early = {"at": first, "channel": "chat", "text": "early"}
    cards = ({"at": 1, "sim_card": "1", "device": "2", "number": number} for number in (OURS, ALSO_OURS))
    every = (early, *({"at": n, "text": "t", **row} for n, row in enumerate(rows)))
    return {"message": table("message", *every), "sim_use": table("sim_use", *cards)}


def test_a_text_is_sent_by_one_and_received_by_the_other(tmp_path: Path) -> None:
    tables = texts({"channel": "sms", "sender": "17000000001", "recipient": ALSO_OURS, "ingress": "mobile"})
    assert sides(tables, tmp_path) == {("sent", OURS, ALSO_OURS), ("received", ALSO_OURS, OURS)}


def test_a_text_from_another_network_is_not_its_senders_own(tmp_path: Path) -> None:
    tables = texts({"channel": "sms", "sender": OURS, "recipient": ALSO_OURS, "ingress": "international_gateway"})
    assert sides(tables, tmp_path) == {("received", ALSO_OURS, OURS)}


def test_who_texts_in_our_network_is_ours(tmp_path: Path) -> None:
    ours = "+8617000000009"
    tables = texts({"channel": "sms", "sender": ours, "recipient": FOREIGN, "ingress": "mobile"})
    assert sides(tables, tmp_path) == {("sent", ours, FOREIGN)}


def test_mail_and_chat_are_no_texts(tmp_path: Path) -> None:
    tables = texts({"channel": "mail", "sender": OURS, "recipient": ALSO_OURS}, {"sender": OURS})
    assert contacts(tables, tmp_path) == []


@pytest.mark.parametrize(("days", "counted"), [(MIN_DAYS - 1, 0), (MIN_DAYS, 2)])
def test_texts_that_do_not_reach_back_far_enough_are_left_out(days: int, counted: int, tmp_path: Path) -> None:
    first = (DAYS - days) * DAY_MS + DAY_MS - 1
    row = {"at": 29 * DAY_MS, "channel": "sms", "sender": OURS, "recipient": ALSO_OURS}
    assert len(contacts(texts(row, first=first), tmp_path)) == counted


def test_numbers_that_are_not_ours_have_no_contacts(tmp_path: Path) -> None:
    assert contacts(of_calls(call(caller=FOREIGN, callee="+8617000000009")), tmp_path) == []


def test_shares_hold_each_contact_once_a_subscriber_whole_and_in_order(tmp_path: Path) -> None:
    numbers = [f"+861700000{number:04}" for number in range(50)]
    tables = of_calls(
        *(
            call(n * 60_000, call_id=f"c{n}", caller=one, proven_caller=one, callee=numbers[(n * 7) % 50])
            for n, one in enumerate(4 * numbers)
        )
    )
    folder = tmp_path / "it's"
    folder.mkdir()
    written = write_contacts(sorted_tables(tables, folder), MONTH, folder / "contacts", events_per_share=30)
    shares = [[row for batch in written.read_share(n) for row in batch.to_pylist()] for n in range(written.shares)]
    assert written.shares == 7
    assert sum(len(rows) for rows in shares) == len(contacts(tables, tmp_path)) == 2 * 4 * 48
    owners = [{row["subscriber"] for row in rows} for rows in shares]
    assert sum(len(one) for one in owners) == len(set().union(*owners)) == 48
    for rows in shares:
        assert [row["occurred_at"] for row in rows] == sorted(row["occurred_at"] for row in rows)


def test_the_legal_bases_are_those_of_what_counted(tmp_path: Path) -> None:
    tables = of_calls(call(caller=OURS, proven_caller=OURS, callee=FOREIGN))
    ended = tables["call_ended"]
    ended = ended.set_column(ended.schema.get_field_index("basis"), "basis", [["order 7"]])
    unused = table("call_ended", {"at": 3, "call_id": "x", "answered": True, "basis": "other"})
    tables["call_ended"] = pa.concat_tables([ended, unused.replace_schema_metadata(None)])
    assert write_contacts(sorted_tables(tables, tmp_path), MONTH, tmp_path / "c").bases == ("order 7",)
