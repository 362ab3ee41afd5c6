"""The engine fires at the same facts however it is fed, goes on where it was saved, and forgets what is over."""

import pyarrow as pa
import pytest
from tests.rules.facts import HOUR, MINUTE, START, batch, calls

from fanzha.kinds.phone_number import classify
from fanzha.rules import check, parse
from fanzha.rules._engine import numbers
from fanzha.rules.engine import FEW, RuleEngine
from fanzha.rules.explain import explain
from fanzha.rules.tree import Rule
from fanzha.windows.codes import TextCodes

BURST = """
rule burst "" ""
  on call_ended
  when count(call_ended by caller, 1h) >= {limit} and mean(talk_ms of call_ended by caller, 1h) < 20 s
  then find caller_or_trunk score 0.7
"""
TALKING = """
rule long_talk "" ""
  on call still talking 20 min
  when ingress = "voip"
  then find callee score 0.5
"""


def rules(text: str) -> tuple[Rule, ...]:
    return check(parse(text)).rules


def fired(engine: RuleEngine, tables: dict[str, pa.RecordBatch], until: int | None = None) -> list[str]:
    for table, events in tables.items():
        engine.take(table, events)
    found = engine.finish() if until is None else engine.settle(until)
    return [str(one.of_event("event_id", row)) for one in found for row in range(len(one.positions))]


def test_a_rule_fires_from_the_fact_on_at_which_its_limit_is_reached() -> None:
    assert len(fired(RuleEngine(rules(BURST.format(limit=5))), calls(8))) == 4


def test_facts_join_the_offer_that_came_in_an_earlier_stretch() -> None:
    engine, tables = RuleEngine(rules(BURST.format(limit=1))), calls(1)
    assert fired(engine, {"call_offered": tables.pop("call_offered")}, START + 500) == []
    assert len(fired(engine, tables)) == 1


@pytest.mark.parametrize("order", [(2, 230), (230, 2)])
def test_waits_whose_names_have_the_same_hash_do_not_fire_for_each_other(order: tuple[int, int]) -> None:
    text = TALKING.replace("long_talk", "talk_{seconds}").replace("20 min", "{seconds} s")
    engine = RuleEngine(rules("".join(text.format(seconds=seconds) for seconds in order)))
    engine.take("call_offered", batch("call_offered", {"at": 0, "call_id": "c", "callee": "1", "ingress": "voip"}))
    engine.take("call_answered", batch("call_answered", {"at": 0, "call_id": "c"}))
    engine.take("call_ended", batch("call_ended", {"at": MINUTE, "call_id": "c"}))
    found = [(one.rule.name, one.moments.tolist()) for one in engine.finish()]
    assert found == [("talk_2", [START + 2_000])]


@pytest.mark.parametrize("ids", ["012", "210", "120", "000"])
def test_facts_of_a_call_follow_from_each_other_when_they_share_a_moment_whatever_their_ids(ids: str) -> None:
    rows: list[dict[str, object]] = [{"caller": "+8617000000001", "ingress": "voip"}, {}, {"talk_ms": 0}]
    named = zip(("call_offered", "call_answered", "call_ended"), ids, rows, strict=True)
    facts = {table: batch(table, {"at": 0, "call_id": "c", "event_id": at} | row) for table, at, row in named}
    assert len(fired(RuleEngine(rules(BURST.format(limit=1))), facts)) == 1
    assert (
        fired(RuleEngine(rules(TALKING)), facts | {"message": batch("message", {"at": HOUR, "channel": "sms"})}) == []
    )


def test_facts_of_the_moment_that_is_not_settled_wait() -> None:
    engine, tables = RuleEngine(rules(BURST.format(limit=1))), calls(1)
    assert fired(engine, tables, START + 6_000) == []
    assert len(fired(engine, {}, START + 6_001)) == 1


def test_a_stretch_run_in_small_pieces_fires_and_explains_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def told() -> list[tuple[int, list[int]]]:
        engine = RuleEngine(rules(BURST.format(limit=5)))
        for table, events in calls(80, every=2 * MINUTE).items():
            engine.take(table, events)
        found = list(engine.finish())
        return [
            (int(one.positions[row]), [event.position for event in condition.windows[0].events])
            for one in found
            for row in range(len(one.positions))
            for condition in explain(engine, one, row)
        ]

    whole = told()
    monkeypatch.setattr("fanzha.rules.engine.PIECE_BYTES", 8 * 3 * 7)
    assert len({place for place, _ in whole}) == 76
    assert told() == whole


def test_a_saved_state_keeps_windows_under_another_limit() -> None:
    engine = RuleEngine(rules(BURST.format(limit=9)))
    assert fired(engine, calls(5), START + HOUR) == []
    other = RuleEngine(rules(BURST.format(limit=6)), seed=99)
    other.restore(engine.save())
    assert len(fired(other, calls(1, every=12 * MINUTE, first=5), START + 2 * HOUR)) == 0
    again = RuleEngine(rules(BURST.format(limit=2)))
    again.restore(other.save())
    assert len(fired(again, calls(1, every=11 * MINUTE, first=6))) == 1


def test_a_saved_state_serves_other_rules_and_what_is_new_begins_empty() -> None:
    engine = RuleEngine(rules(BURST.format(limit=3)))
    fired(engine, calls(2), START + 30 * MINUTE)
    both = RuleEngine(rules(BURST.format(limit=3) + TALKING))
    both.restore(engine.save())
    later = calls(1, every=31 * MINUTE, first=1)
    ids = {"call_offered": "x", "call_answered": "x", "call_ended": "x"}
    renamed = {
        table: events.set_column(events.schema.get_field_index("call_id"), "call_id", pa.array([ids[table]]))
        for table, events in later.items()
    }
    assert len(fired(both, renamed)) == 1


def test_a_state_of_another_format_is_refused() -> None:
    with pytest.raises(ValueError, match="format 9"):
        RuleEngine(rules(TALKING)).restore(b"\x93\x09\xc4\x00\x90")


def test_a_wait_has_the_event_of_its_answer_also_after_a_restart() -> None:
    engine, tables = RuleEngine(rules(TALKING)), calls(1, talk_ms=25 * MINUTE)
    assert fired(engine, tables, START + 10 * MINUTE) == []
    after = RuleEngine(rules(TALKING))
    after.restore(engine.save())
    (one,) = after.settle(START + 22 * MINUTE)
    assert one.of_event("event_id", 0) == f"call_answered-c0-{START + 1_000}"
    assert one.of_event("call_id", 0) == "c0"
    assert one.of_event("simulated", 0) is True
    assert one.moments.tolist() == [START + 1_000 + 20 * MINUTE]
    assert one.text("callee", 0) == "+8617000100000"


def test_a_wait_that_would_end_after_the_last_fact_never_does() -> None:
    tables = calls(1, talk_ms=19 * MINUTE)
    del tables["call_ended"]
    assert fired(RuleEngine(rules(TALKING)), tables) == []


def test_tables_that_no_rule_reads_are_left_alone() -> None:
    engine = RuleEngine(rules(TALKING))
    engine.take("sim_use", batch("sim_use", {"at": 0, "sim_card": "s", "device": "d"}))
    assert list(engine.finish()) == []


def test_memory_stays_flat_while_callers_calls_and_texts_come_and_go() -> None:
    text = """
    rule odd "" ""
      on call_ended
      when count(call_ended by caller, cell, 1h) >= 3
      then find caller_or_trunk score 0.7
    """
    engine, sizes = RuleEngine(rules(text)), []
    for day in range(10):
        at = day * 24 * HOUR
        numbers = range(day * 400, day * 400 + 400)
        offers = [
            {"at": at + n, "call_id": f"c{n}", "caller": f"+86170{n:08d}", "callee": "1", "cell": f"x{n}"}
            for n in numbers
        ]
        engine.take("call_offered", batch("call_offered", *offers))
        engine.take("call_ended", batch("call_ended", *({"at": at + 9_000 + n, "call_id": f"c{n}"} for n in numbers)))
        assert list(engine.settle(START + at + 23 * HOUR)) == []
        sizes.append(engine.bytes_held + sum(windows.usage().bytes for windows in engine.levels))
    assert max(sizes[5:]) <= sizes[4]


@pytest.mark.parametrize("most", [1, 4, 1 << 18])
def test_a_number_met_again_is_what_it_was_however_few_are_remembered(
    monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(numbers, "MOST", most)
    memory, codes = numbers.Numbers(seed=7), TextCodes()
    some = [
        "+8617000000000",
        None,
        "95533",
        "+12025550100",
        "0085212345678",
        "1" * 25,
        "",
        "x",
        "+8617000000000",
        "+861",
    ]
    for texts in (some, some[3:], some[:2], [f"+1202555{n:04d}" for n in range(2000)], some):
        classes, countries = memory.classify(pa.array(texts, pa.string()), codes.encode(pa.array(texts, pa.string())))
        each = [classify(text) if text is not None else None for text in texts]
        assert classes.to_pylist() == [one and one.number_class for one in each]
        assert countries.to_pylist() == [(one and one.region) or None for one in each]


def test_texts_that_come_as_a_dictionary_are_read_like_others() -> None:
    text = """
    rule odd "" ""
      on call_offered
      when ingress = "mobile" and prefix(cell, 2) = "46" and cell in ("4601", "4602") and length(cell) = 4
       and distinct(block(cell, 1) of call_offered by trunk, 1h) >= 1 and class(caller) = "mobile"
      then find call score 0.7
    """
    offers = batch(
        "call_offered",
        *(
            {
                "at": n,
                "call_id": f"c{n}",
                "caller": caller,
                "callee": "1",
                "cell": cell,
                "ingress": "mobile",
                "trunk": "T",
            }
            for n, (caller, cell) in enumerate(
                [("+8613800000000", "4601"), (None, "4601"), ("+8613800000000", None), ("+8613800000000", "4603")] * 5
            )
        ),
    )
    words = ("cell", "ingress", "trunk", "caller")
    coded = [offers[name].dictionary_encode() if name in words else offers[name] for name in offers.schema.names]
    fired = []
    for one in (offers, pa.record_batch(coded, names=offers.schema.names)):
        engine = RuleEngine(rules(text))
        engine.take("call_offered", one)
        fired.append([place for stretch in engine.finish() for place in stretch.positions.tolist()])
    assert fired[0] == fired[1] == [0, 4, 8, 12, 16]


def test_links_are_found_in_texts_that_come_as_a_dictionary() -> None:
    text = """
    rule linked "" ""
      on message
      when has_link and link_host = "icbc-verify.example"
      then find recipient score 0.7
    """
    sent = ["see http://icbc-verify.example/a", None, "see http://other.example", "no link"] * 3
    texts = batch("message", *({"at": n, "recipient": "+8617000000001", "text": one} for n, one in enumerate(sent)))
    coded = [texts[name].dictionary_encode() if name == "text" else texts[name] for name in texts.schema.names]
    for one in (texts, pa.record_batch(coded, names=texts.schema.names)):
        engine = RuleEngine(rules(text))
        engine.take("message", one)
        assert [place for stretch in engine.finish() for place in stretch.positions.tolist()] == [0, 4, 8]


ELSE = """
list watched = "TG-1"
rule first_known "" ""
  on {on}
  when {when}
  then find callee score 0.5
"""
UNPROVEN = {"call_id": "c", "caller": "+8617000000001", "callee": "+8617000000002", "trunk": "TG-1"}


@pytest.mark.parametrize("many", [1, FEW + 1])
@pytest.mark.parametrize("on", ["call_offered", "call_answered", "call still talking 1 s"])
@pytest.mark.parametrize(
    ("when", "holds"),
    [
        ("(proven_caller else trunk) in watched", True),
        ("(proven_caller else trunk) not in watched", False),
        ("(proven_caller else trunk) is known", True),
        ("(proven_caller else cell) is known", False),
        ('(roaming else "unproven") != "proven"', True),
        ('"unproven" = (roaming else "unproven")', True),
        ('(trunk else "TG-2") = (proven_caller else "TG-1")', True),
        ('prefix(proven_caller else trunk, 2) = "TG"', True),
        ("length(proven_caller else trunk) = 4", True),
        ("block(trunk else caller, 4) is known", False),  # it is the trunk that is known, and it is too short
        ("(block(trunk, 4) else caller) = caller", True),
        ('class(proven_caller else caller) = "mobile"', False),
        ('count(call_offered by trunk = (proven_caller else "TG-1"), 1h) >= 1', True),
        ('count(call_offered by (roaming else "unproven"), 1h) >= 1', True),
        ('distinct((proven_caller else "x") of call_offered by trunk, 1h) = 1', True),
        ('"TG-1" in watched and "a" != "b" and "x" is known', True),
    ],
)
def test_the_first_text_that_is_known_is_asked_in_columns_and_alone(on: str, many: int, when: str, holds: bool) -> None:
    found = rules(ELSE.format(on=on, when=when))
    offers = [UNPROVEN | {"at": n, "call_id": f"c{n}"} for n in range(many)]
    answers = [{"at": 9, "call_id": f"c{n}", "event_id": f"a{n}"} for n in range(many)]
    rest = [{"at": 9_000, "call_id": f"c{n}", "event_id": f"e{n}"} for n in range(many)]
    tables = {
        "call_offered": batch("call_offered", *offers),
        "call_answered": batch("call_answered", *answers),
        "call_ended": batch("call_ended", *rest),
    }
    assert len(fired(RuleEngine(found, {"watched": ("TG-1",)}), tables)) == many * holds
