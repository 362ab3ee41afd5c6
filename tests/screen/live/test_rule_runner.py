"""A screen tells what analysis tells of the same facts, and treats calls only as life, budgets and lists allow."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

import msgspec
import pyarrow as pa
import pytest
from tests.rules.facts import HOUR, MINUTE, START
from tests.rules.random_rule import LISTS, random_live_rule
from tests.rules.random_stream import random_stream
from tests.rules.test_live import sequence

from fanzha.claims import Finding, Mode
from fanzha.claims.allowlist import Allowlist, AllowlistEntry, OriginKind
from fanzha.claims.budget import Budget
from fanzha.claims.rule_lifecycle import RuleState, RuleStep
from fanzha.claims.snapshot import LiveRule, LiveRules
from fanzha.claims.treatment import RuleTreatments, Treatment
from fanzha.detect import RuleDetector, operator_rule
from fanzha.detect.rules.governance import Governance
from fanzha.detect.rules.session import RuleSession
from fanzha.events import all_events
from fanzha.rules import RuleError
from fanzha.screen.attempt import CallAttempt
from fanzha.screen.live.rule_runner import RuleRunner, event_fields, event_id, load_rules

CASES = 40
#: Asks for few calls as well, so that it waits until its window is complete.
BURST = """
rule burst "群呼" "burst"
  on call_offered
  when count(call_offered by caller, 10 min) >= 3 and count(call_offered by caller, 10 min) < 5000
  then find caller_or_trunk as other score 0.7
  again after 2h
"""
TALKING = """
rule long_talk "" ""
  on call still talking 20 min
  when count(call_answered by callee, 1h) >= 1
  then find callee as other score 0.5
"""
ONE, TWO = "+8617000000001", "+8617000000002"


def detector(text: str = BURST, state: RuleState = RuleState.LIVE, share: float = 0.0) -> RuleDetector:
    return operator_rule(text, RuleStep(state=state, share=share, at=0, by="A", why="test"), LISTS)


def make_runner(*detectors: RuleDetector, governance: Governance | None = None, **treatments: Treatment) -> RuleRunner:
    return RuleRunner(detectors or (detector(),), governance, RuleTreatments(treatments))


def call(at: int, caller: str = ONE, **fields: Any) -> CallAttempt:
    return CallAttempt(START + at, f"c{at}", caller, TWO, trunk=fields.pop("trunk", "TG-1"), ingress="voip", **fields)


def offer(rules: RuleRunner, attempt: CallAttempt) -> list[tuple[str, Treatment, float]]:
    return rules.evaluate_call(attempt, attempt.caller, attempt.callee)


def warm(rules: RuleRunner) -> None:
    """Let the first fact be a day ago."""
    offer(rules, call(-24 * HOUR, TWO, trunk="TG-9"))


LABELLED = [("burst", Treatment.LABEL, 0.7)]


@pytest.mark.parametrize("stream", range(CASES))
def test_a_screen_tells_what_analysis_tells(stream: int) -> None:
    random = Random(f"screen {stream}")
    tables = random_stream(random)
    cooldowns = ("1 min", "3h", "1 day")
    texts = [random_screen_rule(random, tables) + f"  again after {random.choice(cooldowns)}\n" for _ in "abc"]
    named = [text.replace("rule drawn", f"rule drawn{nth}") for nth, text in enumerate(texts)]
    detectors = [detector(text, random.choice((RuleState.SHADOW, RuleState.LIVE))) for text in named]
    budget = Budget(random.choice((None, 1, 3)), random.choice((None, 0.2)))
    governance = Governance(default=budget)
    facts = sequence(tables)
    assert kinds(screened(detectors, governance, facts, random)) == kinds(
        analysed(detectors, governance, facts, tables)
    )


def random_screen_rule(random: Random, tables: dict[str, pa.Table]) -> str:
    """Return a random rule that a screen runs: one that reads no findings."""
    while "finding" in (text := random_live_rule(random, tables)):
        pass
    return text


def kinds(findings: Sequence[Finding]) -> list[Any]:
    """Return findings without the events of windows, which tests of rules compare."""
    return sorted(
        (item.finding_id, msgspec.structs.replace(item, evidence="", event_ids=item.event_ids[-1:]))
        for item in findings
    )


def screened(
    detectors: list[RuleDetector], governance: Governance, facts: list[tuple[str, dict[str, Any]]], random: Random
) -> list[Finding]:
    rules, findings = RuleRunner(detectors, governance), list[Finding]()
    rules.findings.sink = findings.append
    for table, row in facts:
        rules.pass_time(row["occurred_at"])
        rules.add_fact(table, row["occurred_at"], row)
        rules.findings.deliver_all()
        if random.random() < 0.03:
            state, rules = rules.save(), RuleRunner(detectors, governance)
            rules.restore(state)
            rules.findings.sink = findings.append
    rules.pass_time(facts[-1][1]["occurred_at"] + 1)
    rules.findings.deliver_all()
    return findings


def analysed(
    detectors: list[RuleDetector],
    governance: Governance,
    facts: list[tuple[str, dict[str, Any]]],
    tables: Mapping[str, pa.Table],
) -> list[Finding]:
    session = RuleSession(detectors, governance=governance)
    for name, table in tables.items():
        rows = [row for table_of, row in facts if table_of == name]
        for item in pa.Table.from_pylist(rows, table.schema).to_batches():
            session.feed(name, item)
    return [*session.settle(facts[-1][1]["occurred_at"] + 1)]


def test_a_call_is_labelled_from_the_fact_on_at_which_a_live_rule_fires_and_told_once() -> None:
    rules, findings = make_runner(), list[Finding]()
    rules.findings.sink = findings.append
    warm(rules)
    acted = [offer(rules, call(at)) for at in range(5)]
    assert acted == [[], [], LABELLED, LABELLED, LABELLED]
    rules.pass_time(START + MINUTE)
    (finding,) = findings
    assert (finding.subject_kind, finding.subject, finding.mode) == ("trunk", "TG-1", Mode.LIVE)
    assert '"value":3' in finding.evidence.replace(" ", "").replace("3.0", "3")


@pytest.mark.parametrize("state", [RuleState.WARMING, RuleState.SHADOW])
def test_a_rule_that_may_not_act_treats_no_call(state: RuleState) -> None:
    rules = make_runner(detector(state=state))
    warm(rules)
    assert [offer(rules, call(at)) for at in range(4)] == [[]] * 4


def test_a_rule_whose_windows_are_not_warm_treats_no_call() -> None:
    rules = make_runner()
    assert [offer(rules, call(at)) for at in range(4)] == [[]] * 4
    assert offer(rules, call(10 * MINUTE - 1)) == []
    assert [offer(rules, call(10 * MINUTE + at)) for at in range(2)] == [LABELLED, LABELLED]


def test_a_rule_means_what_the_operator_said() -> None:
    for treatment in (Treatment.WITHHOLD, Treatment.REFUSE):
        rules = make_runner(burst=treatment)
        warm(rules)
        assert [offer(rules, call(at)) for at in range(3)][-1] == [("burst", treatment, 0.7)]
    rules = make_runner(burst=Treatment.ALLOW)
    warm(rules)
    assert [offer(rules, call(at)) for at in range(3)][-1] == []


def test_a_spared_number_by_its_origin_is_not_treated() -> None:
    spared = Allowlist([AllowlistEntry(ONE, OriginKind.TRUNK, "TG-1", "a hospital", "licence")])
    rules = make_runner(governance=Governance(spared=spared))
    warm(rules)
    assert [offer(rules, call(at)) for at in range(4)] == [[]] * 4
    assert offer(rules, call(5, trunk="TG-2")) == LABELLED


def test_a_share_of_a_trunk_is_counted_in_calls_treated() -> None:
    rules = make_runner(governance=Governance(default=Budget(share_of_trunk=0.5)))
    warm(rules)
    acted = [bool(offer(rules, call(at))) for at in range(10)]
    assert acted == [False, False, True, True, *[False] * 6]  # the fifth would be the third of five: none from there on


def test_subjects_an_hour_are_counted_in_the_quiet_time_too() -> None:
    rules = make_runner(governance=Governance(default=Budget(subjects_an_hour=1)))
    warm(rules)
    assert [bool(offer(rules, call(at))) for at in range(4)] == [False, False, True, True]
    assert [bool(offer(rules, call(10 + at, TWO, trunk="TG-2"))) for at in range(4)] == [False] * 4
    assert len(rules.budget_notes()) == 1


def test_a_share_of_subjects_acts_on_the_same_subjects_in_shadow_and_in_calls() -> None:
    text, acting = BURST.replace("caller_or_trunk", "trunk"), 0
    rules, findings = (
        make_runner(detector(text, RuleState.SHARE, 0.5), governance=Governance(key=b"k")),
        list[Finding](),
    )
    rules.findings.sink = findings.append
    warm(rules)
    for trunk in range(20):
        acted = [offer(rules, call(100 * trunk + at, f"+86170001{trunk:05d}", trunk=f"T{trunk}")) for at in range(4)]
        acting += bool(acted[2])
        assert bool(acted[2]) == bool(acted[3])
    rules.findings.deliver_all()
    assert 3 < acting < 17
    assert acting == sum(item.mode is Mode.LIVE for item in findings)


def test_rules_at_waits_and_other_facts_are_told_and_treat_nothing() -> None:
    rules, findings = make_runner(detector(TALKING)), list[Finding]()
    rules.findings.sink = findings.append
    assert offer(rules, call(0)) == []
    rules.add_fact("call_answered", START + 1, {"call_id": "c0", "event_id": "e"})
    assert offer(rules, call(HOUR)) == []
    rules.findings.deliver_all()
    assert [(item.subject_kind, item.subject, item.event_ids) for item in findings] == [("phone_number", TWO, ("e",))]


def test_a_saved_state_goes_on_and_another_is_refused() -> None:
    rules = make_runner()
    warm(rules)
    for at in range(2):
        offer(rules, call(at))
    after = make_runner()
    after.restore(rules.save())
    assert offer(after, call(2)) == LABELLED
    with pytest.raises(ValueError, match="format 9"):
        after.restore(msgspec.msgpack.encode((9, b"", b"", b"", b"")))
    make_runner().restore(b"")


def test_rules_that_follow_are_quiet_about_whom_was_told_and_keep_what_is_untold() -> None:
    old, findings = make_runner(), list[Finding]()
    warm(old)
    for at in range(3):
        offer(old, call(at))
    after = make_runner(detector(BURST.replace(">= 3", ">= 4")))
    after.take_over(old)
    after.findings.sink = findings.append
    assert offer(after, call(3)) == LABELLED
    after.pass_time(START + MINUTE)
    assert [item.subject for item in findings] == ["TG-1"]


def test_a_screen_leaves_out_rules_that_note_or_read_findings_or_ask_for_the_most_frequent_value() -> None:
    noting = BURST.replace("then find", "then note").replace("rule burst", "rule noting")
    reading = "rule reading\n  on finding\n  when noted\n  then find number as other score 0.7\n"
    usual = "callee = most_frequent(callee of call_offered by caller, 10 min) and"
    asking = BURST.replace("when", f"when {usual}").replace("rule burst", "rule asking")
    rules, findings = make_runner(detector(BURST + noting + reading + asking)), list[Finding]()
    warm(rules)
    assert [offer(rules, call(at)) for at in range(3)] == [[], [], LABELLED]
    rules.findings.sink = findings.append
    rules.findings.deliver_all()
    assert [item.version for item in findings] == ["1"] and len(findings) == 1


def test_a_state_that_cannot_be_read_changes_nothing() -> None:
    rules = make_runner()
    warm(rules)
    for at in range(2):
        offer(rules, call(at))
    broken = msgspec.msgpack.decode(rules.save())
    broken[1] = make_runner(detector(TALKING)).live.save()[:-3]
    with pytest.raises((ValueError, msgspec.DecodeError)):
        rules.restore(msgspec.msgpack.encode(broken))
    assert offer(rules, call(2)) == LABELLED


def test_a_clock_that_was_set_back_far_begins_anew_and_one_a_little_back_does_not() -> None:
    rules = make_runner()
    warm(rules)
    for at in (0, 1, -9 * MINUTE):
        acted = offer(rules, call(at))
    assert (acted, rules.resets) == (LABELLED, 0)
    offer(rules, call(400 * 24 * HOUR))
    assert [offer(rules, call(MINUTE + at)) for at in range(3)] == [[], [], []]  # windows are cold again
    assert rules.resets == 1
    assert offer(rules, call(12 * MINUTE)) == []
    assert [offer(rules, call(13 * MINUTE + at)) for at in range(2)] == [[], LABELLED]


def test_facts_are_counted_by_table_also_over_a_handing_over() -> None:
    old, after = make_runner(detector()), make_runner(detector())
    offer(old, call(1))
    old.add_fact("call_answered", 2, {"call_id": "a", "event_id": "b", "ring_ms": 1})
    after.take_over(old)
    offer(after, call(3))
    assert after.fact_counts == {"call_offered": 2, "call_answered": 1}


def test_rules_warm_up_until_their_windows_have_seen_their_whole_span() -> None:
    rules = make_runner(detector())
    assert rules.count_warming(0) == 1
    warm(rules)
    offer(rules, call(0))
    assert rules.count_warming(call(0).at) == 0


FULL = CallAttempt(5, "a", "017000000001", "02100000000", "TG-1", "voip", True, "9", "02100000001", True, "A")


def test_every_field_is_a_column_of_the_event() -> None:
    columns = {column.name: column for column in all_events()["call_offered"].columns}
    fields = event_fields(FULL, "+8617000000001", "+862100000000")
    assert set(fields) <= set(columns)
    assert all(not columns[name].values or value in columns[name].values for name, value in fields.items())


def test_numbers_are_as_normalised_and_proven_only_where_the_trunk_proves_them() -> None:
    fields = event_fields(FULL, "+8617000000001", "+862100000000")
    assert (fields["caller"], fields["proven_caller"], fields["callee"]) == ("+8617000000001",) * 2 + ("+862100000000",)
    assert "proven_caller" not in event_fields(FULL._replace(own=False), "+8617000000001", "+862100000000")


def test_what_is_no_number_is_as_signalled_and_proves_nothing() -> None:
    fields = event_fields(CallAttempt(5, "a", "alice", "bob", own=True), "", "")
    assert fields == {
        "call_id": "a",
        "event_id": event_id("a", 5),
        "source": "screen",
        "caller": "alice",
        "callee": "bob",
    }


def test_the_same_attempt_is_the_same_event_at_every_replay_and_a_later_one_another() -> None:
    assert event_id("a", 5) == event_id("a", 5)
    assert len({event_id("a", 5), event_id("a", 6), event_id("b", 5)}) == 3


LISTED = BURST.replace("when ", 'when caller not in friends and trunk != "TG-9" and ')


def held(text: str, state: RuleState) -> LiveRule:
    return LiveRule("burst", "d", text, RuleStep(state=state, at=0, by="A", why="test"))


def rules(*rules_: LiveRule, **budgets: Budget) -> LiveRules:
    return LiveRules(rules_, budgets, Budget(), {"friends": (TWO,)})


def test_rules_run_with_their_lists_and_treat_as_the_operator_says() -> None:
    running = load_rules(
        rules(held(LISTED, RuleState.LIVE)), Allowlist(), b"k", RuleTreatments({"burst": Treatment.WITHHOLD})
    )
    warm(running)
    assert [offer(running, call(at)) for at in range(3)][-1] == [("burst", Treatment.WITHHOLD, 0.7)]
    assert [offer(running, call(at, TWO)) for at in range(3)][-1] == []


def test_budgets_are_known_by_the_name_of_the_text() -> None:
    running = load_rules(rules(held(BURST, RuleState.LIVE), burst=Budget(subjects_an_hour=0)), Allowlist(), b"k")
    warm(running)
    assert [offer(running, call(at)) for at in range(3)][-1] == []


@pytest.mark.parametrize("state", [RuleState.DRAFT, RuleState.BACKTEST, RuleState.RETIRED])
def test_texts_that_do_not_run_are_left_alone_and_shipped_ones_may_run_beside(state: RuleState) -> None:
    running = load_rules(rules(held(LISTED, state)), Allowlist(), b"k", shipped=[detector()])
    warm(running)
    assert [offer(running, call(at)) for at in range(3)][-1] == LABELLED
    assert running.live.tables == ("call_answered", "call_ended", "call_offered")


def test_nothing_runs_where_nothing_is_kept() -> None:
    running = load_rules(LiveRules(), Allowlist(), b"k")
    assert offer(running, call(0)) == []
    running.pass_time(START)


def test_a_text_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(RuleError):
        load_rules(rules(held("rule broken", RuleState.LIVE)), Allowlist(), b"k")
