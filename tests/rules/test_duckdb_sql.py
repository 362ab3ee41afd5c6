"""The SQL of a rule means what docs/reference/rules.md says, worked out by hand on a few facts."""

from collections.abc import Mapping, Sequence
from random import Random

import pyarrow as pa
import pytest
from tests.rules.sql_reference import Row, connect_reference

from fanzha.events import all_events
from fanzha.rules.check import check
from fanzha.rules.duckdb_sql import to_duckdb_sql
from fanzha.rules.parse import parse

MIDNIGHT = 1_767_196_800_000  # 2026-01-01 00:00 in China
MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR

Fact = tuple[str, str, int, Mapping[str, object]]


def use(event_id: str, moment: int, **known: object) -> Fact:
    """Return a use of card s in device d, unless said otherwise; moments count from midnight, ms."""
    return "sim_use", event_id, moment, {"sim_card": "s", "device": "d"} | known


def call(what: str, event_id: str, moment: int, call_id: str = "c", **known: object) -> Fact:
    """Return a fact of a call."""
    return f"call_{what}", event_id, moment, {"call_id": call_id} | known


def tables_of(facts: Sequence[Fact]) -> dict[str, pa.Table]:
    """Return facts as event tables."""
    rows: dict[str, list[dict[str, object]]] = {}
    for table, event_id, moment, known in facts:
        at = MIDNIGHT + moment
        envelope = {"event_id": event_id, "occurred_at": at, "observed_at": at, "source": "here", "simulated": False}
        rows.setdefault(table, []).append({**envelope, **known})
    return {table: pa.Table.from_pylist(found, all_events()[table].schema) for table, found in rows.items()}


def fired(
    facts: Sequence[Fact],
    when: str,
    *,
    on: str = "sim_use",
    find: str = "",
    score: str = "1",
    unless: str = "",
    lists: Mapping[str, Sequence[str]] | None = None,
) -> list[Row]:
    """Return what a rule gives on facts."""
    exception = f"except {unless}\n" if unless else ""
    subject = find or ("call" if "call" in on else "sim_card")
    text = f"rule r\n  on {on}\n  when {when}\n{exception}  then find {subject} score {score}\n"
    checked = check(parse(text), lists=lists or ())
    with connect_reference(tables_of(facts), lists or {}) as ask:
        return ask(checked.rules[0])


def ids(facts: Sequence[Fact], when: str, **more: str) -> list[str]:
    """Return the events at which a rule fires."""
    return [row[1] for row in fired(facts, when, **more)]  # type: ignore[arg-type]


def values(facts: Sequence[Fact], window: str, **more: str) -> list[float | None]:
    """Return a window's value at every fact that the rule is on."""
    return [row[4] for row in fired(facts, f"event_id is known or {window} is known", **more)]  # type: ignore[arg-type]


class TestSequence:
    """Facts in order."""

    def test_ties_stand_in_the_order_of_their_ids(self) -> None:
        facts = [use("c", 0), use("a", -1), use("d", 0), use("b", 0)]
        rows = fired(facts, "count(sim_use by sim_card, 1 s) >= 1")
        assert [(row[1], row[4]) for row in rows] == [("a", 1), ("b", 2), ("c", 3), ("d", 4)]

    def test_a_repeated_event_counts_once(self) -> None:
        assert values([use("a", 0), use("b", 1), use("a", 0)], "count(sim_use by sim_card, 1 s)") == [1, 2]

    def test_two_tables_may_have_the_same_id(self) -> None:
        facts: list[Fact] = [use("a", 0), ("account_action", "a", 0, {"account": "s", "action": "opened"})]
        assert values(facts, "count(account_action by account = sim_card, 1 s)") == [1]

    def test_equal_ids_of_one_millisecond_stand_in_the_order_of_their_tables(self) -> None:
        facts: list[Fact] = [use("a", 0), ("site_seen", "a", 0, {"host": "s"})]
        assert values(facts, "count(site_seen by host = sim_card, 1 s)") == [0]


class TestSpans:
    """Which facts a window takes."""

    def test_a_fact_as_old_as_the_span_has_left(self) -> None:
        facts = [use("a", 0), use("b", 999), use("c", 1_000), use("d", 1_999)]
        assert values(facts, "count(sim_use by sim_card, 1 s)") == [1, 2, 2, 2]

    def test_before_leaves_out_the_present_fact_and_not_its_peers(self) -> None:
        assert values([use("a", 0), use("b", 0), use("c", 0)], "count(sim_use by sim_card, 1 s before)") == [0, 1, 2]

    def test_days_are_calendar_days_in_china(self) -> None:
        facts = [use("a", -DAY - 1), use("b", -DAY), use("c", DAY - 1), use("d", DAY)]
        assert values(facts, "count(sim_use by sim_card, 3 days)") == [1, 2, 3, 3]
        assert values(facts, "count(sim_use by sim_card, 2 days)") == [1, 2, 2, 2]

    def test_one_day_is_24_hours(self) -> None:
        facts = [use("a", HOUR), use("b", DAY + HOUR - 1), use("c", DAY + HOUR)]
        assert values(facts, "count(sim_use by sim_card, 1 day)") == [1, 2, 2]

    def test_an_unknown_key_makes_an_unknown_window_and_stands_in_none(self) -> None:
        facts = [use("a", 0, cell="x"), use("b", 1), use("c", 2, cell="x"), use("d", 3)]
        assert values(facts, "count(sim_use by cell, 1 s)") == [1, None, 2, None]
        assert values(facts, "sum(data_kb of sim_use by sim_card, cell, 1 s)") == [0, None, 0, None]

    def test_the_key_tells_the_selected_from_the_present_fact(self) -> None:
        facts = [use("a", 0, device="x"), use("b", 1, device="s", sim_card="y"), use("c", 2, device="y")]
        assert values(facts, "count(sim_use by device = sim_card, 1 s)") == [0, 0, 1]
        assert values(facts, "count(sim_use by sim_card = device, 1 s)") == [0, 1, 1]

    def test_a_key_may_be_a_part_of_a_number(self) -> None:
        facts = [use("a", 0, number="12345"), use("b", 1, number="12399"), use("c", 2, number="12")]
        assert values(facts, "count(sim_use by prefix(number, 3), 1 s)") == [1, 2, 1]
        assert values(facts, "count(sim_use by block(number, 2), 1 s)") == [1, 2, None]

    def test_where_keeps_what_is_true_and_not_what_is_unknown(self) -> None:
        facts = [use("a", 0, data_kb=1), use("b", 1), use("c", 2, data_kb=9), use("d", 3, data_kb=2)]
        assert values(facts, "count(sim_use by sim_card where data_kb < 5, 1 s)") == [1, 1, 1, 2]
        assert values(facts, "count(sim_use by sim_card where not data_kb < 5, 1 s)") == [0, 0, 1, 1]


class TestValues:
    """What a window makes of the facts."""

    FACTS = (
        use("a", 0, sim_card="other"),
        use("b", 1, data_kb=None, cell="p"),
        use("c", 2, data_kb=0.5, cell="p"),
        use("d", 3, data_kb=1.5, cell="q"),
        use("e", 4, data_kb=1.6),
    )

    @pytest.mark.parametrize(
        ("window", "expected"),
        [
            ('count(S where device != "d", 1 s)', [0, 0, 0, 0]),
            ("distinct(cell of S, 1 s)", [1, 1, 2, 2]),
            ("distinct(data_kb of S, 1 s)", [0, 1, 2, 2]),
            ("sum(data_kb of S, 1 s)", [0, 0, 2, 4]),
            ("mean(data_kb of S, 1 s)", [None, 0, 1, 4 / 3]),
            ("min(data_kb of S, 1 s)", [None, 0, 0, 0]),
            ("max(data_kb of S, 1 s)", [None, 0, 2, 2]),
            ("sum(data_kb / 4 of S, 1 s)", [0, 0, 0, 0]),
            ("sum(data_kb * 0.75 of S, 1 s)", [0, 0, 2, 4]),
            ("share(data_kb >= 1 of S, 1 s)", [None, 0, 0.5, 2 / 3]),
            ("mean(data_kb of S, 1 s before)", [None, None, 0, 1]),
        ],
    )
    def test_values_are_whole_and_the_unknown_is_left_out(self, window: str, expected: list[float | None]) -> None:
        facts = [fact for fact in self.FACTS if fact[3]["sim_card"] == "s"]
        assert values(facts, window.replace("S", "sim_use by sim_card")) == expected

    def test_a_field_with_fractions_is_rounded_wherever_it_is_read(self) -> None:
        facts = [use(name, 0, data_kb=kilobytes) for name, kilobytes in zip("abcd", (0.5, 1.5, 2.5, 2.51), strict=True)]
        assert ids(facts, "data_kb = 2") == ["b", "c"]
        assert values(facts, "count(sim_use by data_kb, 1 s)") == [1, 1, 2, 1]

    def test_gap_is_to_the_last_fact_before_the_present_one(self) -> None:
        facts = [use("a", 0), use("b", 0), use("c", 400), use("d", 1_400), use("e", 2_399)]
        assert values(facts, "gap(sim_use by sim_card, 1 s)") == [None, 0, 400, None, 999]

    def test_age_counts_from_the_first_fact_of_a_life(self) -> None:
        facts = [use("a", 0), use("b", 999), use("c", 1_998), use("d", 2_998), use("e", 3_000)]
        assert values(facts, "age(sim_use by sim_card, 1 s)") == [0, 999, 1_998, 0, 2]

    def test_age_is_unknown_before_the_first_fact_and_when_the_last_is_too_old(self) -> None:
        facts = [use("a", 10), use("b", 500)]
        asks: list[Fact] = [("site_seen", str(at), at, {"host": "s"}) for at in (0, 10, 400, 1_499, 1_500)]
        window = "age(sim_use by sim_card = host, 1 s)"
        assert values([*facts, *asks], window, on="site_seen", find="host") == [None, None, 390, 1_489, None]

    def test_age_in_days_ends_a_life_by_calendar_days(self) -> None:
        facts = [use("a", DAY - 1), use("b", 3 * DAY - 1), use("c", 5 * DAY - 1), use("d", 7 * DAY)]
        assert values(facts, "age(sim_use by sim_card, 2 days)") == [0, 0, 0, 0]
        assert values(facts, "age(sim_use by sim_card, 3 days)") == [0, 2 * DAY, 4 * DAY, 0]

    def test_age_sees_only_what_was_selected(self) -> None:
        facts = [use("a", 0, cell="x"), use("b", 5), use("c", 10, cell="x")]
        assert values(facts, 'age(sim_use by sim_card where cell = "x", 1 s)') == [0, 5, 10]

    def test_surge_compares_with_the_stretch_before(self) -> None:
        facts = [use("a", 0), use("b", 1_000), use("c", 9_500), use("d", 9_900)]
        window = "surge(sim_use by sim_card, 1 s against 10 s)"
        expected = [None, 1 / (1 * (1_000 / 9_000)), 1 / (2 * (1_000 / 9_000)), 2 / (2 * (1_000 / 9_000))]
        assert values(facts, window) == expected

    def test_windows_inside_windows_are_about_the_selected_fact_at_its_own_moment(self) -> None:
        facts = [use(str(at), 400 * at, cell="x" if at % 2 else "y") for at in range(5)]
        inner = "count(sim_use by sim_card, 1 s)"  # 1 2 3 3 3
        assert values(facts, f"count(sim_use by sim_card where {inner} = 3, 1 s)") == [0, 0, 1, 2, 3]
        assert values(facts, f"sum({inner} of sim_use by sim_card, 24h)") == [1, 3, 6, 9, 12]
        assert values(facts, f"sum({inner} of sim_use by cell, 24h)") == [1, 2, 4, 5, 7]


class TestCalls:
    """What the facts of one call know of each other."""

    def test_an_end_has_the_fields_of_the_latest_offer_and_the_answer_after_it(self) -> None:
        facts = [
            call("offered", "a", 0, caller="old", callee="y"),
            call("answered", "b", 1, ring_ms=1),
            call("offered", "c", 2, caller="new", callee="x"),
            call("answered", "d", 3, ring_ms=7, callee="z"),
            call("ended", "e", 4, talk_ms=1),
        ]
        when = 'caller = "new" and callee = "x" and ring_ms = 7 ms and answering_number = "z"'
        assert ids(facts, when, on="call_ended") == ["e"]
        assert ids(facts, 'callee = "x" and answering_number = "z"', on="call_answered") == ["d"]

    def test_an_answer_before_the_offer_is_not_of_the_call(self) -> None:
        facts = [call("answered", "a", 0, ring_ms=1), call("offered", "b", 1, caller="x"), call("ended", "c", 2)]
        assert ids(facts, "caller is known and ring_ms is not known", on="call_ended") == ["c"]

    def test_an_offer_that_was_followed_by_an_end_is_spent(self) -> None:
        facts = [
            call("offered", "a", 0, caller="x"),
            call("ended", "b", 1),
            call("ended", "c", 1),
            call("answered", "d", 2),
        ]
        assert ids(facts, "caller is known", on="call_ended") == ["b"]
        assert ids(facts, "caller is known", on="call_answered") == []

    def test_an_offer_of_24_hours_ago_is_too_old(self) -> None:
        facts = [call("offered", "a", 0, caller="x"), call("answered", "b", DAY - 1), call("ended", "c", DAY)]
        assert ids(facts, "caller is known", on="call_answered") == ["b"]
        assert ids(facts, "caller is known or answering_number is known", on="call_ended") == []

    def test_windows_read_the_joined_fields(self) -> None:
        facts = [
            fact
            for at in range(3)
            for fact in (
                call("offered", f"{at}a", at, f"c{at}", caller="x", callee=f"y{at % 2}"),
                call("ended", f"{at}b", at, f"c{at}"),
            )
        ]
        assert values(facts, "distinct(callee of call_ended by caller, 1 s)", on="call_ended") == [1, 2, 2]


class TestWaits:
    """Moments of their own."""

    ON = "call still talking 1 s"

    def test_a_wait_ends_at_its_moment_with_the_event_it_began_with(self) -> None:
        facts = [call("answered", "a", 0), call("answered", "b", 1, "d"), use("z", 1_000)]
        rows = fired(facts, "event_id is known", on=self.ON)
        assert [(row[1], row[2]) for row in rows] == [("a", MIDNIGHT + 1_000)]

    def test_an_end_at_that_very_millisecond_ends_it(self) -> None:
        facts = [call("answered", "a", 0), call("ended", "b", 1_000), use("z", 2_000)]
        assert ids(facts, "event_id is known", on=self.ON) == []
        assert ids(facts, "event_id is known", on="call still talking 999 ms") == ["a"]

    def test_an_end_that_stands_before_the_answer_does_not(self) -> None:
        facts = [call("ended", "a", 0), call("answered", "b", 1), use("z", 1_001)]
        assert ids(facts, "event_id is known", on=self.ON) == ["b"]

    def test_an_end_at_the_millisecond_of_the_answer_follows_it_whatever_their_ids(self) -> None:
        facts = [call("ended", "a", 0), call("answered", "b", 0), use("z", 1_000)]
        assert ids(facts, "event_id is known", on=self.ON) == []

    def test_ringing_is_over_when_it_was_answered_or_ended(self) -> None:
        facts = [call("offered", name, 0, name) for name in "abc"]
        facts += [call("answered", "d", 1, "a"), call("ended", "e", 1, "b"), use("z", 1_000)]
        assert ids(facts, "event_id is known", on="call still ringing 1 s") == ["c"]

    def test_it_stands_after_all_facts_of_its_millisecond_and_in_no_window(self) -> None:
        facts = [
            call("offered", "a", 0, caller="x"),
            call("answered", "b", 1),
            call("offered", "y", 1_001, "d", caller="x"),
            call("offered", "z", 1_002, "e", caller="x"),
        ]
        assert values(facts, "count(call_offered by caller, 1h)", on=self.ON) == [2]
        assert values(facts, "count(call_offered by caller, 1h before)", on=self.ON) == [2]
        assert values(facts, "count(call_answered by caller, 1h)", on=self.ON) == [1]
        assert values(facts, "gap(call_offered by caller, 1h)", on=self.ON) == [0]
        assert values(facts, "gap(call_answered by caller, 1h)", on=self.ON) == [1_000]


class TestUnknown:
    """Three-valued logic; `cell` is unknown, `number` is "5", `data_kb` is 4."""

    FACTS = (use("a", 8 * HOUR, number="5", data_kb=4),)

    @pytest.mark.parametrize(
        "condition",
        [
            'cell = "x" or true',
            'not (cell = "x" and false)',
            '(cell = "x") is not known',
            '(not cell = "x") is not known',
            '(cell = "x" and true) is not known',
            '(cell = "x" or false) is not known',
            '(cell in ("x", "y")) is not known',
            '(cell not in ("x", "y")) is not known',
            "(cell in none) is not known",
            "(cell not in none) is not known",
            "number not in none",
            "number in some",
            'number in ("4", "5")',
            '(cell else "y") = "y"',
            '((cell = "x") else true)',
            "cell is not known and number is known",
            "(1 / 0) is not known",
            "(0 / 0) is not known",
            "((1 / 0) else 3) = 3",
            "data_kb - 1 - 1 = 2",
            "data_kb / 2 / 2 = 1",
            "data_kb / (2 / 2) = 4",
            "-data_kb + 5 = 1",
            "7 / 2 = 3.5",
            "0.1 + 0.2 != 0.3",
            "hour(occurred_at) = 8",
            'prefix("呼叫中心", 2) = "呼叫"',
            'block("呼叫中心", 3) = "呼"',
            'block("呼叫中心", 4) is not known',
            'length("呼叫中心") = 4',
            'class(number) = "invalid"',
            "class(cell) is not known",
            "country(number) is not known",
            'points(0.25 when data_kb = 4, 0.5 when cell = "x", 0.125 when false, data_kb when true) = 4.25',
            'sim_card != "it\'s"',
        ],
    )
    def test_it_is_true(self, condition: str) -> None:
        assert len(fired(self.FACTS, condition, lists={"none": (), "some": ("5", "6")})) == 1

    @pytest.mark.parametrize(
        "condition", ['cell = "x"', 'not cell = "x"', "cell in none", "number in none", "1 / 0 > 0"]
    )
    def test_what_is_not_true_does_not_fire(self, condition: str) -> None:
        assert fired(self.FACTS, condition, lists={"none": ()}) == []

    def test_an_exception_spares_when_it_is_true_and_not_when_it_is_unknown(self) -> None:
        assert len(fired(self.FACTS, "true", unless='cell = "x"')) == 1
        assert fired(self.FACTS, "true", unless="data_kb = 4") == []


class TestFirings:
    """What comes out."""

    def test_windows_come_in_order_of_appearance_each_once(self) -> None:
        count, top = "count(sim_use by sim_card, 1 s)", "max(data_kb of sim_use by device, 1h)"
        facts = [use("a", 0, data_kb=7)]
        rows = fired(
            facts, f"{count} > 0 and {top} > 0 and {count} < 9", score="0.1 * sum(data_kb of sim_use by cell, 1h)"
        )
        assert rows == [("r", "a", MIDNIGHT, None, 1, 7, None)]

    def test_classes_of_numbers_are_asked_of_the_caller(self) -> None:
        facts = [use("a", 0, number="95588"), use("b", 0, number="+85255500001"), use("c", 0)]
        assert ids(facts, 'class(number) = "service"') == ["a"]
        assert ids(facts, 'country(number) != "CN"') == ["b"]
        assert values(facts, "count(sim_use by class(number), 1 s)") == [1, 1, None]

    def test_links_of_messages_are_asked_of_the_caller(self) -> None:
        facts: list[Fact] = [
            ("site_seen", "a", 0, {"host": "new.example"}),
            ("message", "b", 1, {"text": "http://new.example/x", "channel": "port_sms"}),
            ("message", "c", 2, {"text": "nothing", "channel": "port_sms"}),
        ]
        when = 'channel = "port_sms" and has_link and age(site_seen by host = link_host, 7 days) < 2 days'
        assert ids(facts, when, on="message", find="sender") == ["b"]

    def test_the_order_of_the_rows_does_not_matter(self) -> None:
        facts = [use(f"{at:02}", at // 3 * 400, cell=str(at % 2), data_kb=at) for at in range(30)]
        when = "count(sim_use by cell, 1 s) > 1 and max(data_kb of sim_use by sim_card, 1 s) > 4"
        expected = fired(facts, when)
        shuffled = Random(1).sample(facts, len(facts))
        assert len(expected) == 25
        assert fired(shuffled, when) == expected

    def test_what_is_not_there_is_an_error(self) -> None:
        text = 'list none = "x"\nrule r\n  on sim_use\n  when sim_card in none\n  then find sim_card score 1\n'
        rule = check(parse(text)).rules[0]
        with pytest.raises(KeyError, match="none"):
            to_duckdb_sql(rule, all_events(), ())
        with pytest.raises(KeyError, match="sim_use"):
            to_duckdb_sql(rule, {}, ("none",))
