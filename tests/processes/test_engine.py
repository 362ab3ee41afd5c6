"""The engine on a made-up order: two persons, legs, deadlines, emergencies, appeals, and the way back."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.processes.order_people import (
    ANNA,
    AT,
    CENTRE,
    HAO,
    HOST,
    LIN,
    NORA,
    NORTH,
    POLICE,
    PROOF,
    REGULATOR,
    RUI,
    SAM,
    SETTINGS,
    SOUTH,
    STATION,
    ZHANG,
    Running,
    draft,
    order,
    person,
)

from fanzha.base.clock import span_ms
from fanzha.processes import (
    SYSTEM,
    Actor,
    Party,
    Reason,
    Refusal,
    Situation,
    all_processes,
    due,
    fire,
    offers,
    openings,
    pass_timer,
    start,
)
from fanzha.processes.effects import Effect, Escalation
from fanzha.processes.situation import Change


def effects(change: Change) -> list[Effect]:
    return [effect.effect for effect in change.effects]


def refused(running: Running, event: str, actor: Actor, leg: str = "", **evidence: Any) -> Reason:
    before = running.situation
    with pytest.raises(Refusal) as caught:
        running.do(event, actor, leg, **evidence)
    assert running.situation is before
    assert caught.value.words.zh and caught.value.words.en
    return caught.value.reason


def test_a_draft_waits_for_a_second_person() -> None:
    running = Running()
    assert running.situation.state == "drafted"
    assert refused(running, "approve", ANNA, opinion="mine") is Reason.SAME_PERSON
    change = running.do("approve", RUI, opinion="proportionate")
    assert change.situation.state == "issued"
    assert effects(change) == [Effect.PUBLISH_DECISION, Effect.NOTIFY_SUBJECT, Effect.DISPATCH_LEG, Effect.DISPATCH_LEG]


def test_one_leg_opens_for_each_receiver() -> None:
    change = Running().issued().changes[-1]
    assert [(leg.id, leg.receiver, leg.state) for leg in change.legs_opened] == [
        ("1", NORTH, "sent"),
        ("2", SOUTH, "sent"),
    ]


def test_only_the_receiver_of_a_leg_acts_on_it() -> None:
    running = Running().issued()
    assert refused(running, "acknowledge", SAM, "1") is Reason.ROLE
    assert refused(running, "acknowledge", RUI, "1") is Reason.ROLE
    assert running.do("acknowledge", NORA, "1").situation.legs[0].state == "acknowledged"


def test_the_order_is_in_force_when_every_receiver_proved_it() -> None:
    running = Running().in_force()
    assert running.situation.state == "in_force"
    assert [step.event for step in running.changes[-1].steps] == ["prove", "all_verified"]


def test_who_did_it_cannot_prove_it_himself() -> None:
    running = Running(receivers=[Party("centre-2", "centre")]).issued()
    both = Actor(person="mo", organization="centre-2", kind="centre", roles=frozenset({"executor"}), unit="x")
    running.do("report_executed", both, "1", executed_at=AT, result="done", proof=PROOF)
    assert refused(running, "prove", both, "1", method="probe", proof=PROOF) is Reason.ROLE


def test_a_refusal_needs_attention_and_ends_by_excuse() -> None:
    running = Running().issued()
    change = running.do("refuse", NORA, "1", refusal="essential", explanation="a hospital's line")
    assert (change.situation.state, Effect.NOTIFY_OWNER in effects(change)) == ("attention", True)
    assert running.do("excuse", RUI, "1", reason="right").situation.state == "issued"


def test_not_mine_opens_a_leg_for_the_one_whose_it_is_and_never_goes_in_circles() -> None:
    running = Running().issued()
    change = running.do("forward", SAM, "2", cause="host", holder=HOST)
    assert [(leg.receiver, leg.forwarded_from) for leg in change.legs_opened] == [(HOST, "2")]
    assert running.states() == ["sent", "forwarded", "sent"]
    assert refused(running, "forward", HAO, "3", cause="not_mine", holder=NORTH) is Reason.RECEIVER
    assert refused(running, "forward", HAO, "3", cause="not_mine", holder=Party("brand-1", "brand")) is Reason.RECEIVER


def test_a_forwarded_leg_is_not_asked_about_any_more() -> None:
    running = Running(receivers=[SOUTH]).issued()
    running.do("forward", SAM, "1", cause="host", holder=HOST)
    running.do("report_executed", HAO, "2", executed_at=AT, result="done", proof=PROOF)
    assert running.do("prove", ANNA, "2", method="probe", proof=PROOF).situation.state == "in_force"


def test_no_answer_goes_to_the_duty_officer_and_then_needs_attention() -> None:
    running = Running(receivers=[NORTH]).issued()
    first = running.wait()
    assert [(effect.to, effect.deadline) for effect in first.effects] == [(Escalation.DUTY_OFFICER, "acknowledge")]
    second = running.wait()
    assert (second.situation.state, running.states()) == ("attention", ["unanswered"])
    third = running.wait()
    assert [effect.to for effect in third.effects] == [Escalation.DUTY_OFFICER]


def test_a_deadline_is_as_long_as_the_kind_of_target_asks() -> None:
    for kind, span in (("number", "30min"), ("app", "24h")):
        running = Running(target_kind="mixed", receivers=[NORTH]).issued()
        change = running.do("acknowledge", NORA, "1", kind_here=kind)
        timer = next(timer for timer in change.timers_set if timer.leg == "1")
        assert timer.due == running.at + span_ms(span)


def test_acting_in_time_cancels_the_deadline() -> None:
    running = Running(receivers=[NORTH]).issued()
    change = running.do("acknowledge", NORA, "1")
    assert [timer.deadline for timer in change.timers_cancelled] == ["acknowledge"]


def test_an_emergency_order_lapses_unless_a_second_person_ratifies() -> None:
    running = Running()
    running.do("issue_emergency", RUI, danger="victims on the line", expires_at=AT + span_ms("20h"))
    assert refused(running, "ratify", RUI, opinion="mine") is Reason.SAME_PERSON
    while running.situation.timers:
        change = running.wait()
    assert running.at == AT + span_ms("1min") + span_ms("2h")
    assert [step.event for step in change.steps] == ["lapse", "cancel", "cancel", "all_rolled_back"]
    assert Effect.WITHDRAW_DECISION in effects(change)


def test_a_ratified_emergency_order_lasts_to_its_end() -> None:
    running = Running()
    running.do("issue_emergency", RUI, danger="victims on the line", expires_at=AT + span_ms("20h"))
    running.do("ratify", LIN, opinion="agreed")
    assert refused(running, "ratify", ANNA, opinion="once more") is Reason.NOT_ASKED
    while running.situation.timers:
        running.wait()
    assert (running.at, running.situation.state) == (AT + span_ms("20h"), "closed")


def test_an_emergency_order_lasts_a_day_at_most() -> None:
    running = Running()
    assert refused(running, "issue_emergency", RUI, danger="x", expires_at=AT + span_ms("25h")) is Reason.EVIDENCE


def test_roll_back_reaches_every_leg_and_is_proven_by_each() -> None:
    running = Running(receivers=[NORTH, SOUTH, HOST]).issued()
    running.do("report_executed", NORA, "1", executed_at=AT, result="done", proof=PROOF)
    running.do("refuse", SAM, "2", refusal="impossible", explanation="no such trunk")
    change = running.do("roll_back", RUI, mistake="a courier's number")
    assert running.states() == ["releasing", "cancelled", "cancelled"]
    assert {Effect.WITHDRAW_DECISION, Effect.RECORD_FALSE_DISPOSAL} <= set(effects(change))
    running.do("report_lifted", NORA, "1", lifted_at=AT, result="passes")
    assert running.situation.state == "rolling_back"
    running.do("prove_lifted", ANNA, "1", method="test_call", proof=PROOF)
    assert (running.situation.state, running.situation.timers) == ("rolled_back", ())


def test_an_appeal_goes_to_another_person_of_another_unit() -> None:
    running = Running().in_force()
    running.do("appeal", ZHANG, channel="shop", text="it is my own number")
    assert refused(running, "uphold_appeal", RUI, reason="x") is Reason.SAME_PERSON
    assert refused(running, "uphold_appeal", person("new", CENTRE, "reviewer"), reason="x") is Reason.SAME_UNIT
    assert refused(running, "uphold_appeal", person("new", CENTRE, "reviewer", unit=""), reason="x") is Reason.SAME_UNIT
    change = running.do("uphold_appeal", LIN, reason="a mix-up")
    assert change.situation.state == "rolling_back" and Effect.RECORD_FALSE_DISPOSAL in effects(change)


def test_after_a_rejected_appeal_the_regulator_hears_the_next() -> None:
    running = Running().in_force()
    assert refused(running, "appeal_to_regulator", ZHANG, text="x") is Reason.NOT_ASKED
    running.do("appeal", ZHANG, channel="online", text="it is my own number")
    change = running.do("reject_appeal", LIN, reason="the holder is another", next_channel="regulator")
    assert change.situation.state == "in_force", "the legs are still proven"
    running.do("appeal_to_regulator", ZHANG, text="it is mine")
    assert running.do("regulator_upholds", REGULATOR, reason="it is").situation.state == "rolling_back"


def test_nobody_decides_his_own_case_whatever_his_roles() -> None:
    running = Running().in_force()
    own = person("anna2", CENTRE, "reviewer", unit="appeals", concerned=True)
    assert refused(running, "roll_back", own, mistake="mine") is Reason.OWN_CASE
    assert running.do("appeal", own, channel="online", text="mine").situation.state == "appealed"


def test_the_person_is_told_fact_end_basis_and_remedy_once() -> None:
    running = Running().in_force()
    notices = [notice for change in running.changes for notice in change.notices]
    assert len(notices) == 1
    assert notices[0].until == AT + span_ms("30d")
    assert "《反电信网络诈骗法》第三十二条" in notices[0].basis.zh and notices[0].remedy
    keys = [
        effect.key for change in running.changes for effect in change.effects if effect.effect is Effect.NOTIFY_SUBJECT
    ]
    assert keys == [notices[0].key]


def test_a_notice_withheld_for_the_police_is_given_when_its_time_is_over() -> None:
    until = AT + span_ms("10d")
    with pytest.raises(Refusal, match="required"):
        Running(STATION, notice_withheld_until=until)
    running = Running(STATION, notice_withheld_until=until, withholding_document=PROOF).in_force()
    assert [notice for change in running.changes for notice in change.notices] == []
    later = until + span_ms("5d")
    running.do("extend_withholding", POLICE, notice_withheld_until=later, withholding_document=PROOF)
    while not running.changes[-1].notices:
        running.wait()
    assert running.at == later


@pytest.mark.parametrize("event", ["end_early", "roll_back"])
def test_that_a_limit_ends_is_told_when_its_notice_is_withheld_no_more(event: str) -> None:
    until = AT + span_ms("10d")
    running = Running(STATION, notice_withheld_until=until, withholding_document=PROOF).in_force()
    evidence = {"end_early": {"reason": "the case is closed"}, "roll_back": {"mistake": "another number"}}[event]
    (notice,) = running.do(event, RUI, **evidence).notices
    assert notice.not_before == until
    (notice,) = Running().in_force().do(event, RUI, **evidence).notices
    assert notice.not_before is None


def test_nobody_but_the_police_withholds_a_notice() -> None:
    with pytest.raises(Refusal, match="is for police to give") as refused:
        Running(notice_withheld_until=AT + span_ms("10d"), withholding_document=PROOF)
    assert list(refused.value.fields) == ["notice_withheld_until"]


def test_renewal_moves_the_end_and_needs_a_second_person() -> None:
    running = Running().in_force()
    end = AT + span_ms("60d")
    assert refused(running, "approve_renewal", RUI, expires_at=end, opinion="yes") is Reason.NOT_ASKED
    running.do("propose_renewal", ANNA, reason="still calling", proposed_end=end)
    assert refused(running, "approve_renewal", ANNA, expires_at=end, opinion="yes") is Reason.SAME_PERSON
    change = running.do("approve_renewal", RUI, expires_at=end, opinion="yes")
    assert [timer.due for timer in change.timers_set if timer.deadline == "expiry"] == [end]
    assert refused(running, "approve_renewal", RUI, expires_at=end, opinion="again") is Reason.NOT_ASKED


def test_every_offer_can_be_fired_or_says_why_not_in_both_languages() -> None:
    running = Running()
    mine = {offer.event: offer for offer in offers(running.process, running.situation, ANNA)}
    assert mine["withdraw_draft"].allowed and not mine["approve"].allowed
    assert mine["approve"].why_not and "第二人" not in mine["approve"].why_not.en
    assert mine["approve"].due == running.at + span_ms("10min")
    assert "not_decided" not in mine


def test_opening_is_for_the_owner_and_for_kinds_that_may_own() -> None:
    assert [offer.allowed for offer in openings(order(), CENTRE, ANNA)] == [True]
    assert [offer.allowed for offer in openings(order(), CENTRE, NORA)] == [False]
    brand = Party("brand-1", "brand")
    with pytest.raises(Refusal, match="cannot start this process"):
        start(order(), "draft", ANNA, draft(), AT, ref="x", owner=brand, settings=SETTINGS)
    with pytest.raises(Refusal, match="does not open"):
        start(order(), "approve", ANNA, draft(), AT, ref="x", owner=CENTRE, settings=SETTINGS)


def test_a_receiver_that_cannot_be_one_is_refused_with_the_draft() -> None:
    for receivers in ([NORTH, NORTH], [Party("brand-1", "brand")]):
        with pytest.raises(Refusal) as caught:
            Running(receivers=receivers)
        assert caught.value.reason is Reason.RECEIVER


def test_a_deadline_passes_once_and_not_early() -> None:
    running = Running()
    timer = running.situation.timers[0]
    before = running.situation
    assert due(before, timer.due - 1) == () and due(before, timer.due) == (timer,)
    with pytest.raises(Refusal) as early:
        pass_timer(running.process, before, timer.id, timer.due - 1, settings=SETTINGS)
    assert early.value.reason is Reason.TIMER
    after = running.wait().situation
    with pytest.raises(Refusal) as again:
        pass_timer(running.process, after, timer.id, timer.due, settings=SETTINGS)
    assert again.value.reason is Reason.TIMER


@given(st.lists(st.integers(-3_600_000 * 30, 3_600_000 * 30), min_size=1, max_size=30))
def test_no_deadline_passes_twice_whatever_the_clock_does(jumps: list[int]) -> None:
    running = Running().issued()
    situation, clock, passed = running.situation, AT, []
    for jump in jumps:
        clock += jump
        while timers := due(situation, clock):
            passed.append(timers[0].id)
            situation = pass_timer(running.process, situation, timers[0].id, clock, settings=SETTINGS).situation
    assert len(passed) == len(set(passed))
    assert [step.at for step in situation.history] == sorted(step.at for step in situation.history)


def test_a_worker_that_was_down_still_gives_the_duty_officer_time() -> None:
    running = Running(receivers=[NORTH]).issued()
    timer = next(timer for timer in running.situation.timers if timer.deadline == "acknowledge")
    late = timer.due + span_ms("3h")
    change = pass_timer(running.process, running.situation, timer.id, late, settings=SETTINGS)
    assert [new.due for new in change.timers_set] == [late + span_ms("15min")]


def test_effects_have_one_key_each_and_the_same_when_worked_out_again() -> None:
    keys = [[effect.key for change in Running().in_force().changes for effect in change.effects] for _ in range(2)]
    assert keys[0] == keys[1] and len(set(keys[0])) == len(keys[0])


def test_a_running_process_keeps_the_version_it_began_with() -> None:
    running = Running()
    newer = msgspec.structs.replace(running.process, version=running.process.version + 1)
    with pytest.raises(Refusal, match=f"version {running.process.version}"):
        fire(newer, running.situation, "approve", RUI, {"opinion": "x"}, AT, settings=SETTINGS)
    assert running.do("approve", RUI, later="30d", opinion="late").situation.state == "issued"


def test_a_situation_survives_being_written_down() -> None:
    situation = Running().in_force().situation
    assert msgspec.json.decode(msgspec.json.encode(situation), type=Situation) == situation


def test_nothing_happens_to_an_order_that_has_ended_or_by_somebody_unnamed() -> None:
    running = Running()
    assert refused(running, "withdraw_draft", Actor()) is Reason.ROLE
    running.do("withdraw_draft", ANNA)
    assert refused(running, "approve", RUI, opinion="x") is Reason.ENDED
    assert refused(running, "nonsense", RUI) is Reason.UNKNOWN
    with pytest.raises(Refusal, match="no leg"):
        running.do("acknowledge", NORA, "9")


def test_what_the_system_proves_by_itself_needs_no_person() -> None:
    running = Running(receivers=[NORTH]).issued()
    running.do("report_executed", NORA, "1", executed_at=AT, result="done", proof=PROOF)
    assert running.do("prove", SYSTEM, "1", method="snapshot", proof=PROOF).situation.state == "in_force"
    assert running.do("disprove", SYSTEM, "1", method="probe", proof=PROOF).situation.state == "issued"


def test_a_changed_limit_of_a_card_that_is_rolled_back_is_restored_by_the_network_and_not_by_itself() -> None:
    process, issuer = all_processes()["card_rereview"], Party("carrier-north", "carrier")
    anna, rui, lin = (person(name, issuer, "analyst", "reviewer", "executor") for name in ("anna", "rui", "lin"))
    given = {"cause": "silent", "findings": ["f"], "card": "+8617000000001"}
    change = start(process, "flag", anna, given, AT, ref="card", owner=issuer, settings=SETTINGS)
    measures: dict[str, Any] = {"measure": "limit", "reason": "x", "network": [NORTH]}
    steps: list[tuple[str, Actor, dict[str, Any], str]] = [
        ("grade", anna, {"grade": "b", "reason": "x"}, ""),
        ("propose_limit", anna, measures, ""),
        ("approve_limit", rui, {"opinion": "x"}, ""),
        ("report_done", lin, {"done_at": AT, "proof": PROOF}, "1"),
        ("propose_suspension", anna, {"reason": "x"}, ""),
        ("approve_suspension", rui, {"measure": "suspend", "opinion": "x"}, ""),
        ("propose_suspension", anna, {"reason": "y"}, ""),
        ("approve_suspension", rui, {"measure": "limit", "opinion": "y"}, ""),
        ("roll_back", rui, {"mistake": "another card"}, ""),
    ]
    states = []
    for name, who, evidence, leg in steps:
        change = fire(process, change.situation, name, who, evidence, AT, settings=SETTINGS, leg=leg)
        states += [leg_state.state for leg_state in change.situation.legs]
    asked = ["asked_to_change"] * 3
    assert states == ["asked_network", "in_effect", "in_effect", *asked, "asked_back"]
    assert change.situation.state == "lifting"
