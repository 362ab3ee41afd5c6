"""One call is decided by what always passes, then lists, gateway guard and rules, each as far as its trunk acts."""

import random
from typing import Any, NamedTuple

import numpy as np
import pytest
from tests.claims.snapshots import AT, base
from tests.detect.gateway.calls import batch_of

from fanzha.claims.allowlist import Allowlist, AllowlistEntry, OriginKind
from fanzha.claims.rule_lifecycle import RuleState, RuleStep
from fanzha.claims.snapshot import LiveRule, LiveRules, SectionData, SnapshotEntry
from fanzha.claims.snapshot_format.lists import (
    AllocatedRange,
    InboundOnly,
    OverseasChoices,
    ProtectedNumber,
    RoamingProof,
    inbound_only_sections,
    overseas_sections,
    protected_section,
    ranges_sections,
    roaming_section,
    spared_section,
)
from fanzha.claims.treatment import RuleTreatments, Treatment
from fanzha.claims.verdict import Level
from fanzha.detect.gateway.assessment import assess_batch
from fanzha.detect.gateway.ingress_rules import ROAMING, UNKNOWN
from fanzha.detect.gateway.reasons import GatewayReason
from fanzha.events.call_offered import INGRESS
from fanzha.screen import reasons
from fanzha.screen.attempt import CallAttempt
from fanzha.screen.decider import Decider
from fanzha.screen.decision import Decision
from fanzha.screen.emergency import EmergencyCalls
from fanzha.screen.enforcement import TrunkEnforcement
from fanzha.screen.live.rule_runner import RuleRunner, load_rules
from fanzha.screen.mapped_snapshot import MappedSnapshot
from fanzha.screen.settings import EnforcementStep, TrunkSettings

ABROAD, CALLEE = "international_gateway", "+8617000000900"
SALT = bytes.fromhex("5a" * 16)
KEY = b"k" * 32


def rules(text: str, treatment: Treatment = Treatment.LABEL) -> RuleRunner:
    """Run one live rule that means this treatment."""
    step = RuleStep(state=RuleState.LIVE, at=0, by="test", why="test")
    name = text.split()[1]
    return load_rules(LiveRules((LiveRule(name, "", text, step),)), Allowlist(), KEY, RuleTreatments({name: treatment}))


def always(treatment: Treatment) -> RuleRunner:
    """Run a rule that fires at every call."""
    return rules('rule burst "" ""\n on call_offered\n when callee is known\n then find call score 0.8\n', treatment)


class On(NamedTuple):
    """A decider and how far the trunk acts."""

    made: Decider
    acts: TrunkEnforcement


def make_decider(
    listed: dict[str, SnapshotEntry] | None = None,
    *lists: SectionData,
    acts: EnforcementStep = EnforcementStep.REFUSE,
    trunk: TrunkSettings | None = None,
    rules: RuleRunner | None = None,
) -> "On":
    decider = Decider(EmergencyCalls(), rules)
    decider.snapshot = MappedSnapshot(
        base({("phone_number", number): entry for number, entry in (listed or {}).items()}, lists)
    )
    return On(decider, TrunkEnforcement("IGW-1", trunk or TrunkSettings(acts=acts), KEY))


def call(caller: str, callee: str = CALLEE, *, ingress: str = ABROAD, at: int = AT, **fields: object) -> CallAttempt:
    return CallAttempt(at, f"call-{caller}-{at}", caller, callee, "IGW-1", ingress)._replace(**fields)  # type: ignore[arg-type]


def decide(on: "On", attempt: CallAttempt, roaming: int = UNKNOWN) -> Decision:
    return on.made.decide(on.made.read(attempt), on.acts, roaming)


@pytest.mark.parametrize(
    ("caller", "treatment", "reason"),
    [
        ("95588", Treatment.REFUSE, "service_from_abroad"),
        ("+8610110", Treatment.REFUSE, "disguised_from_abroad"),
        ("01088888888", Treatment.REFUSE, "fixed_from_abroad"),
        ("4000000000", Treatment.REFUSE, "hotline_from_abroad"),
        ("10690000000", Treatment.REFUSE, "port_from_abroad"),
        ("+8617000000101", Treatment.LABEL, "mobile_unproven"),
        ("+1 900 234 5678", Treatment.LABEL, "premium_from_abroad"),
        ("+44 20 7946 0958", Treatment.LABEL, reasons.FROM_ABROAD),
    ],
)
def test_what_may_be_refused_from_abroad_and_what_is_only_labelled(
    caller: str, treatment: Treatment, reason: str
) -> None:
    decision = decide(make_decider(), call(caller))
    assert (decision.treatment, decision.reasons[0]) == (treatment, reason)
    assert reasons.FROM_ABROAD in decision.reasons


@pytest.mark.parametrize(
    ("from_number", "treatment", "reason"),
    [
        ("95588", Treatment.REFUSE, "service_from_abroad"),
        ("+8617000000101", Treatment.LABEL, "mobile_unproven"),
        ("+85291234568", Treatment.LABEL, reasons.FROM_ABROAD),
        ("", Treatment.LABEL, reasons.FROM_ABROAD),
    ],
)
def test_of_what_is_asserted_and_what_is_shown_the_harder_ruling_counts(
    from_number: str, treatment: Treatment, reason: str
) -> None:
    attempt = call("+85291234567", from_number=from_number)
    for own, expected in ((False, (treatment, reason)), (True, (Treatment.LABEL, reasons.FROM_ABROAD))):
        decision = decide(make_decider(), attempt._replace(own=own))
        assert (decision.treatment, decision.reasons[0]) == expected
    worse = decide(make_decider(), call("95588", from_number=from_number))
    assert (worse.treatment, worse.reasons[0]) == (Treatment.REFUSE, "service_from_abroad")


def test_every_call_from_abroad_is_told_with_its_country() -> None:
    decision = decide(make_decider(), call("+85291234567"))
    assert (decision.treatment, decision.country) == (Treatment.LABEL, "HK")
    assert decide(make_decider(), call("+8617000000001", ingress="mobile")).country == ""


def test_a_home_mobile_is_refused_only_when_proven_not_to_roam() -> None:
    attempt = call("+8617000000101")
    assert decide(make_decider(), attempt, ROAMING.index("disproven")).treatment is Treatment.REFUSE
    assert decide(make_decider(), attempt, ROAMING.index("proven")).reasons == (reasons.FROM_ABROAD,)
    assert decide(make_decider(), attempt, ROAMING.index("unproven")).treatment is Treatment.LABEL
    withholds = Decider(EmergencyCalls(), unproven=Treatment.WITHHOLD)
    on = On(withholds, TrunkEnforcement("IGW-1", TrunkSettings(acts=EnforcementStep.REFUSE), KEY))
    assert decide(on, attempt, ROAMING.index("unproven")).treatment is Treatment.WITHHOLD


def test_a_snapshot_may_hold_the_proof_of_roaming_for_a_while() -> None:
    proofs = [RoamingProof("+8617000000101", True, AT + 60_000), RoamingProof("+8617000000102", False, AT + 60_000)]
    decider = make_decider({}, *roaming_section(proofs, SALT))
    assert decide(decider, call("+8617000000101")).reasons == (reasons.FROM_ABROAD,)
    assert decide(decider, call("+8617000000102")).treatment is Treatment.REFUSE
    assert decide(decider, call("+8617000000101", at=AT + 60_000)).reasons[0] == "mobile_unproven"


def test_a_suspected_number_is_treated_as_its_verdict_says_and_a_watched_one_labelled() -> None:
    listed = {
        "+8617000000001": SnapshotEntry(Level.SUSPECTED, Treatment.REFUSE),
        "+8617000000002": SnapshotEntry(Level.WATCH, Treatment.LABEL),
        "+8617000000003": SnapshotEntry(Level.CLEAR),
        "+8617000000004": SnapshotEntry(Level.SUSPECTED, Treatment.REFUSE, until=AT),
        "+8617000000005": SnapshotEntry(Level.SUSPECTED, Treatment.REFUSE, service="text"),
    }
    decider = make_decider(listed)
    evidence = {number: decide(decider, call(number, ingress="mobile")) for number in listed}
    assert [entry.treatment for entry in evidence.values()] == [
        Treatment.REFUSE,
        Treatment.LABEL,
        Treatment.ALLOW,
        Treatment.ALLOW,
        Treatment.ALLOW,
    ]
    assert evidence["+8617000000001"].reasons == (reasons.SUSPECTED,)


@pytest.mark.parametrize("callee", ["96110", "10086", "10010", "10000", "10099"])
def test_a_limited_number_reaches_lines_of_help_and_can_be_called(callee: str) -> None:
    limited = "+8617000000001"
    decider = make_decider({limited: SnapshotEntry(Level.SUSPECTED, Treatment.REFUSE, direction="outgoing")})
    assert decide(decider, call(limited, ingress="mobile")).treatment is Treatment.REFUSE
    assert decide(decider, call(limited, callee, ingress="mobile")) == Decision(Treatment.ALLOW)
    assert decide(decider, call("+8617000000002", limited, ingress="mobile")) == Decision(Treatment.ALLOW)


def test_who_calls_back_a_baiting_number_is_warned_and_not_refused() -> None:
    decider = make_decider({"+2217000001": SnapshotEntry(Level.SUSPECTED, Treatment.REFUSE)})
    warned = decide(decider, call("+8617000000001", "+2217000001", ingress="mobile"))
    assert (warned.treatment, warned.reasons) == (Treatment.LABEL, (reasons.CALLEE_SUSPECTED,))
    costly = decide(decider, call("+8617000000001", "+1 900 234 5678", ingress="mobile"))
    assert (costly.treatment, costly.reasons) == (Treatment.LABEL, (reasons.CALLEE_COSTS,))


@pytest.mark.parametrize(
    "callee",
    ["110", "119", "120", "122", "+86110", "010110", "tel:+86110", "1%310", "urn:service:sos", "urn:service:sos.fire"],
)
def test_an_emergency_callee_is_never_refused(callee: str) -> None:
    decider = make_decider(
        {"+8617000000001": SnapshotEntry(Level.SUSPECTED, Treatment.REFUSE)}, rules=always(Treatment.REFUSE)
    )
    decision = decide(decider, call("+8617000000001", callee))
    assert (decision.treatment, decision.reasons) == (Treatment.ALLOW, (reasons.EMERGENCY_CALLEE,))


@pytest.mark.parametrize("centre", ["110", "010110", "+8610120", "01000000999"])
def test_a_centre_calls_back_who_called_it_for_a_while_by_a_proven_number(centre: str) -> None:
    decider = On(
        Decider(EmergencyCalls(centres=["010-00000999"])),
        TrunkEnforcement("T", TrunkSettings(acts=EnforcementStep.REFUSE), KEY),
    )
    decide(decider, call(CALLEE, "120", ingress="mobile"))
    for ingress, proof in (("leased_line", {"own": True}), ("interconnect", {"attested": True})):
        back = call(centre, CALLEE, at=AT + 60_000, ingress=ingress, **proof)
        assert decide(decider, back).reasons == (reasons.EMERGENCY_CALL_BACK,)
        assert decide(decider, back._replace(at=AT + 7_200_000)).reasons != (reasons.EMERGENCY_CALL_BACK,)


@pytest.mark.parametrize(
    "fields",
    [
        {"caller": "+86110"},
        {"caller": "+86110", "own": True},
        {"caller": "110", "attested": True},
        {"caller": "110", "ingress": "leased_line"},
        {"caller": "110", "ingress": "mobile"},
        {"caller": "01088888888", "ingress": "leased_line", "own": True},
    ],
)
def test_a_call_back_from_abroad_unproven_or_from_no_centre_is_screened(fields: dict[str, object]) -> None:
    decider = make_decider({"+861088888888": SnapshotEntry(Level.SUSPECTED, Treatment.REFUSE)})
    decide(decider, call(CALLEE, "120", ingress="mobile"))
    attempt = call("110", CALLEE, at=AT + 60_000)._replace(**fields)  # type: ignore[arg-type]
    decision = decide(decider, attempt)
    assert reasons.EMERGENCY_CALL_BACK not in decision.reasons
    assert decision.treatment is not Treatment.ALLOW or fields.get("own")


def test_a_spared_number_passes_only_by_its_proven_origin() -> None:
    spared = [AllowlistEntry("+861088888888", OriginKind.TRUNK, "HOSPITAL", "a made-up hospital", "contract")]
    decider = make_decider({"+861088888888": SnapshotEntry(Level.SUSPECTED, Treatment.REFUSE)}, *spared_section(spared))
    own = call("010-88888888", ingress="leased_line", trunk="HOSPITAL", own=True)
    assert decide(decider, own).reasons == (reasons.SPARED,)
    assert decide(decider, own._replace(trunk="IGW-1")).treatment is Treatment.REFUSE


def test_a_number_that_never_calls_is_refused_from_anywhere_but_its_own_line() -> None:
    lists = inbound_only_sections([InboundOnly("95588", "a made-up bank", "the owner's request")], SALT)
    decider = make_decider({}, *lists)
    refused = decide(decider, call("95588", ingress="interconnect"))
    assert (refused.treatment, refused.reasons[0]) == (Treatment.REFUSE, reasons.DO_NOT_ORIGINATE)
    assert decide(decider, call("95588", ingress="leased_line", own=True)).treatment is Treatment.ALLOW
    from_number = decide(decider, call("+8617000000001", ingress="interconnect", from_number="95588"))
    assert from_number.reasons[0] == reasons.DO_NOT_ORIGINATE


def test_a_range_in_the_operators_allocation_table_is_not_impossible() -> None:
    number = "+86 154 0000 0000"
    assert decide(make_decider(), call(number)).reasons[0] == "impossible_from_abroad"
    ranges = [AllocatedRange("154", "china_mobile", "mobile", "", "", None, None)]
    assert decide(make_decider({}, *ranges_sections(ranges, SALT)), call(number)).reasons[0] == "mobile_unproven"


@pytest.mark.parametrize(
    ("acts", "treatment"),
    [
        (EnforcementStep.OFF, Treatment.ALLOW),
        (EnforcementStep.SHADOW, Treatment.ALLOW),
        (EnforcementStep.LABEL, Treatment.LABEL),
        (EnforcementStep.REFUSE, Treatment.REFUSE),
    ],
)
def test_a_trunk_acts_step_by_step_and_what_was_meant_is_said(acts: EnforcementStep, treatment: Treatment) -> None:
    decision = decide(make_decider(acts=acts), call("95588"))
    assert decision.treatment is treatment
    assert decision.screened is (acts is not EnforcementStep.OFF)
    assert decision.meant is (Treatment.ALLOW if acts is EnforcementStep.OFF else Treatment.REFUSE)


def test_in_a_share_some_calls_are_refused_and_the_others_labelled() -> None:
    decider = make_decider(trunk=TrunkSettings(acts=EnforcementStep.SHARE, share=0.3))
    evidence = [decide(decider, call("95588", at=AT + n)).treatment for n in range(1_000)]
    assert 230 < evidence.count(Treatment.REFUSE) < 370
    assert evidence.count(Treatment.LABEL) == 1_000 - evidence.count(Treatment.REFUSE)


def test_lists_guard_and_rules_go_their_own_steps() -> None:
    trunk = TrunkSettings(acts=EnforcementStep.REFUSE, guard=EnforcementStep.SHADOW, rules=EnforcementStep.LABEL)
    decider = make_decider(trunk=trunk, rules=always(Treatment.REFUSE))
    decision = decide(decider, call("95588"))
    assert decision.treatment is Treatment.LABEL
    assert decision.meant is Treatment.REFUSE
    assert set(decision.reasons) == {"service_from_abroad", "rule:burst", reasons.FROM_ABROAD}


def test_a_rule_that_is_switched_off_does_nothing() -> None:
    decider = make_decider(rules=always(Treatment.REFUSE))
    assert decide(decider, call("+8617000000001", ingress="mobile")).treatment is Treatment.REFUSE
    decider.made.off_rules = {"burst": None}
    assert decide(decider, call("+8617000000001", ingress="mobile")) == Decision(Treatment.ALLOW)


def test_windows_count_every_call_whatever_becomes_of_it() -> None:
    counts = (
        'rule twice "" ""\n on call_offered\n when count(call_offered by caller, 1h) = 2\n then find call score 0.8\n'
    )
    running = rules(counts)
    decider = make_decider(rules=running, acts=EnforcementStep.OFF)
    decide(decider, call("17000000001", "110", ingress="mobile"))
    decide(decider, call("010 88888888"))
    assert len(running.findings) == 0
    decide(decider, call("+86 170 0000 0001", ingress="mobile", at=AT + 1))
    assert len(running.findings) == 1


def test_without_a_snapshot_the_guard_still_works() -> None:
    decider = Decider(EmergencyCalls())
    assert (
        decide(
            On(decider, TrunkEnforcement("IGW-1", TrunkSettings(acts=EnforcementStep.REFUSE), KEY)), call("95588")
        ).treatment
        is Treatment.REFUSE
    )


def test_one_call_is_ruled_as_the_gateway_guard_rules_a_column_of_them() -> None:
    draw = random.Random(7)
    starts = ["+86", "0086", "", "0", "+", "00", "+1", "+44", "852", "95", "1069", "400", "+86 010", "1", "010110"]
    rows, ruled = list[dict[str, object]](), list[int]()
    decider = make_decider()
    for n in range(3_000):
        caller = draw.choice(starts) + "".join(draw.choices("0123456789", k=draw.randrange(0, 13)))
        roaming = draw.choice((*ROAMING, None))
        attestation = draw.choice(("A", "B", ""))
        attempt = call(
            caller, ingress=draw.choice((*INGRESS, "")), attestation=attestation, attested=attestation == "A", at=AT + n
        )
        evidence = decide(decider, attempt, ROAMING.index(roaming) if roaming else UNKNOWN)
        codes = {reasons.guard_code(entry): int(entry) for entry in GatewayReason}
        ruled.append(next((codes[code] for code in evidence.reasons if code in codes), 0))
        rows.append(
            {
                "caller": caller or None,
                "ingress": attempt.ingress or None,
                "roaming": roaming,
                "attestation": attestation or None,
            }
        )
    assert assess_batch(batch_of(rows)).reasons.tolist() == ruled


@pytest.mark.parametrize("from_number", ["+8617000000101", "0086 170 0000 0101"])
def test_who_vouches_for_a_number_vouches_for_the_same_number_in_from(from_number: str) -> None:
    attempt = call("+8617000000101", attested=True, from_number=from_number)
    assert decide(make_decider(), attempt).reasons == (reasons.FROM_ABROAD,)
    second = decide(make_decider(), attempt._replace(from_number="+8617000000102"))
    assert second.reasons == ("mobile_unproven", reasons.FROM_ABROAD)


@pytest.mark.parametrize("caller", [CALLEE, "anonymous"])
def test_nobody_opens_anothers_line_by_calling_for_help_in_his_name(caller: str) -> None:
    decider = make_decider()
    decide(decider, call(caller, "110"))  # from abroad, proven by nobody
    assert decide(decider, call("01088888888", CALLEE, at=AT + 1)).treatment is Treatment.REFUSE
    assert decide(decider, call("01088888888", "unreadable", at=AT + 1)).treatment is Treatment.REFUSE


BUREAU, MOBILE = "01088880000", "17000000777"
PROTECTED = protected_section([ProtectedNumber(one, "虚构机关", "a made-up bureau") for one in (BUREAU, MOBILE)])


@pytest.mark.parametrize(
    ("ingress", "fields", "labelled"),
    [
        ("leased_line", {}, True),
        ("voip", {}, True),
        ("voip", {"own": True}, False),
        ("voip", {"attested": True}, False),
        ("interconnect", {}, False),
        ("mobile", {}, False),
        ("", {}, False),
    ],
)
@pytest.mark.parametrize("caller", [BUREAU, "+861088880000", "0086 10 8888 0000", "+8617000000777"])
def test_a_protected_number_is_labelled_where_its_origin_did_not_prove_it(
    caller: str, ingress: str, fields: dict[str, Any], labelled: bool
) -> None:
    evidence = decide(make_decider({}, *PROTECTED), call(caller, ingress=ingress, **fields))
    assert evidence.reasons == ((reasons.PROTECTED,) if labelled else ())
    assert evidence.treatment is (Treatment.LABEL if labelled else Treatment.ALLOW)
    second = decide(make_decider({}, *PROTECTED), call("01088880001", ingress=ingress, **fields))
    assert second == Decision(Treatment.ALLOW)


def test_from_abroad_a_protected_number_is_told_and_refused_as_its_class_may_be() -> None:
    decider = make_decider({}, *PROTECTED)
    fixed = decide(decider, call(BUREAU))
    assert fixed.treatment is Treatment.REFUSE and reasons.PROTECTED in fixed.reasons
    mobile = decide(decider, call(f"+86{MOBILE}"))
    assert (mobile.treatment, mobile.reasons[0]) == (Treatment.LABEL, reasons.PROTECTED)
    assert decide(decider, call(f"+86{MOBILE}"), ROAMING.index("proven")).reasons == (reasons.FROM_ABROAD,)


def test_a_protected_number_in_from_or_at_the_end_of_an_impossible_one_is_told_too() -> None:
    decider = make_decider({}, *PROTECTED)
    assert reasons.PROTECTED in decide(decider, call("01088880001", ingress="voip", from_number=BUREAU)).reasons
    for ingress in ("voip", "interconnect", ABROAD):
        assert reasons.PROTECTED in decide(decider, call(f"99999{BUREAU}", ingress=ingress)).reasons
    assert reasons.PROTECTED not in decide(decider, call("9999901088880001", ingress="voip")).reasons


def test_a_spared_number_that_is_protected_passes_by_its_own_origin() -> None:
    spared = [AllowlistEntry("+861088880000", OriginKind.TRUNK, "IGW-1", "a made-up bureau", "contract")]
    decider = make_decider({}, *PROTECTED, *spared_section(spared))
    assert decide(decider, call(BUREAU, ingress="voip", own=True)).reasons == (reasons.SPARED,)


def overseas(*, announced: bool = False, exceptions: tuple[int, ...] = ()) -> list[SectionData]:
    """The callee of these tests chose for calls from abroad."""
    key = int(CALLEE)
    return overseas_sections(
        OverseasChoices(np.array([key], np.uint64), np.array([announced]), {key: exceptions}), SALT
    )


def test_calls_from_abroad_to_who_refuses_them_are_refused_and_those_from_home_pass() -> None:
    decider = make_decider({}, *overseas())
    refused = decide(decider, call("+12025550100", ingress=ABROAD))
    assert (refused.treatment, refused.reasons[0], refused.score) == (Treatment.REFUSE, reasons.OVERSEAS_REFUSED, 0.0)
    assert decide(decider, call("+12025550100", callee="+8617000000901", ingress=ABROAD)).treatment is Treatment.LABEL
    assert decide(decider, call("+8617000000001", ingress="mobile", own=True)).treatment is Treatment.ALLOW


def test_a_chosen_refusal_holds_for_all_calls_of_a_trunk_that_treats_a_share() -> None:
    trunk = TrunkSettings(acts=EnforcementStep.SHARE, share=0.0)
    decider = make_decider({}, *overseas(), trunk=trunk)
    assert decide(decider, call("+12025550100", ingress=ABROAD)).treatment is Treatment.REFUSE
    for step in (EnforcementStep.SHADOW, EnforcementStep.LABEL):
        assert decide(make_decider({}, *overseas(), acts=step), call("+12025550100", ingress=ABROAD)).treatment in (
            Treatment.ALLOW,
            Treatment.LABEL,
        )


def test_announced_calls_excepted_numbers_and_proven_roamers_are_not_refused() -> None:
    announced = decide(make_decider({}, *overseas(announced=True)), call("+12025550100", ingress=ABROAD))
    assert announced.treatment is Treatment.LABEL and reasons.OVERSEAS_ANNOUNCED in announced.reasons
    excepted = decide(make_decider({}, *overseas(exceptions=(12025550100,))), call("+12025550100", ingress=ABROAD))
    assert reasons.OVERSEAS_REFUSED not in excepted.reasons and excepted.treatment is Treatment.LABEL
    roamer = "+8613800000001"
    proofs = roaming_section([RoamingProof(roamer, True, AT + 1_000)], SALT)
    decider = make_decider({}, *overseas(), *proofs)
    assert reasons.OVERSEAS_REFUSED not in decide(decider, call(roamer, ingress=ABROAD)).reasons
    assert reasons.OVERSEAS_REFUSED in decide(make_decider({}, *overseas()), call(roamer, ingress=ABROAD)).reasons


def test_a_spared_origin_and_an_emergency_callee_pass_although_the_callee_refuses_calls_from_abroad() -> None:
    spared = AllowlistEntry("+12025550100", OriginKind.TRUNK, "EMBASSY", "an embassy", "its letter", AT + 1_000)
    decider = make_decider({}, *overseas(), *spared_section([spared]))
    proven = call("+12025550100", ingress=ABROAD, trunk="EMBASSY", own=True)
    assert decide(decider, proven).reasons == (reasons.SPARED,)
    assert decide(decider, call("+12025550100", callee="110", ingress=ABROAD)).treatment is Treatment.ALLOW
