"""What is found out about a call is weighed: the hardest counts, and each source goes only as far as its step."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.claims.treatment import TREATMENTS, Treatment
from fanzha.claims.verdict import LEVELS, Level
from fanzha.detect.gateway.reasons import GatewayReason as Ruled
from fanzha.screen import reasons
from fanzha.screen.call_evidence import CallEvidence, combine_evidence
from fanzha.screen.enforcement import TrunkEnforcement
from fanzha.screen.settings import EnforcementStep, TrunkSettings

KEY = bytes(32)
HOME = CallEvidence(False, "")
_trunks = st.builds(
    TrunkSettings,
    acts=st.sampled_from(EnforcementStep),
    lists=st.none() | st.sampled_from(EnforcementStep),
    guard=st.none() | st.sampled_from(EnforcementStep),
    rules=st.none() | st.sampled_from(EnforcementStep),
)
_rule_hits = st.tuples(st.sampled_from(("one", "two")), st.sampled_from(TREATMENTS), st.floats(0, 1))
_found = st.builds(
    CallEvidence,
    from_abroad=st.booleans(),
    country=st.sampled_from(("", "US")),
    guard_reason=st.sampled_from(Ruled).map(int),
    unproven=st.sampled_from(TREATMENTS),
    callee_costs=st.booleans(),
    level=st.sampled_from(LEVELS),
    treatment=st.sampled_from(TREATMENTS),
    callee_suspected=st.booleans(),
    inbound_only=st.booleans(),
    overseas_choice=st.sampled_from(("", "refuse", "announce")),
    claims_protected=st.booleans(),
    failed_signature=st.sampled_from(TREATMENTS),
    rule_hits=st.lists(_rule_hits, max_size=2)
    .map(tuple),
)  # fmt: skip


def acts(step: EnforcementStep = EnforcementStep.REFUSE) -> TrunkEnforcement:
    return TrunkEnforcement("T", TrunkSettings(acts=step), KEY)


@given(_found, _trunks, st.booleans())
def test_a_decision_is_the_same_whether_it_was_kept_or_not(
    evidence: CallEvidence, trunk: TrunkSettings, in_share: bool
) -> None:
    enforcement = TrunkEnforcement("T", trunk, KEY)
    cached = combine_evidence(evidence, enforcement, in_share)
    assert (
        combine_evidence(evidence, enforcement, in_share)
        == cached
        == combine_evidence.__wrapped__(evidence, enforcement, in_share)
    )
    assert cached == combine_evidence.__wrapped__(evidence, TrunkEnforcement("other", trunk, KEY), in_share)


@given(_found, _trunks, st.booleans())
def test_no_more_is_done_than_is_meant_and_every_reason_is_told_once(
    evidence: CallEvidence, trunk: TrunkSettings, in_share: bool
) -> None:
    decision = combine_evidence(evidence, TrunkEnforcement("T", trunk, KEY), in_share)
    order = TREATMENTS.index
    assert order(decision.treatment) <= order(decision.meant)
    sources = (evidence.from_abroad, evidence.callee_costs, evidence.guard_reason, evidence.level is not Level.CLEAR)
    others = (evidence.callee_suspected, evidence.inbound_only, evidence.claims_protected, evidence.diverting_suspected)
    failed = evidence.failed_signature is not Treatment.ALLOW
    seen = (*sources, *others, failed, evidence.overseas_choice)
    assert len(decision.reasons) == sum(map(bool, seen)) + len(evidence.rule_hits)


def test_the_weightiest_is_told_first_and_the_highest_score_counts() -> None:
    evidence = HOME._replace(
        from_abroad=True, country="US", guard_reason=int(Ruled.PREMIUM_FROM_ABROAD), level=Level.SUSPECTED
    )
    decision = combine_evidence(evidence._replace(treatment=Treatment.REFUSE), acts(), False)
    assert decision.reasons == (reasons.SUSPECTED, "premium_from_abroad", reasons.FROM_ABROAD)
    assert (decision.treatment, decision.score, decision.country) == (Treatment.REFUSE, 0.9, "US")


def test_roamers_that_nobody_has_proven_are_treated_as_the_settings_say() -> None:
    evidence = HOME._replace(guard_reason=int(Ruled.MOBILE_UNPROVEN), unproven=Treatment.WITHHOLD)
    assert combine_evidence(evidence, acts(), False).treatment is Treatment.WITHHOLD
    changed = evidence._replace(guard_reason=int(Ruled.PORT_CALLS))
    assert combine_evidence(changed, acts(), False).treatment is Treatment.LABEL


@pytest.mark.parametrize(("in_share", "treatment"), [(True, Treatment.REFUSE), (False, Treatment.LABEL)])
def test_in_a_share_the_drawn_calls_are_treated_as_meant(in_share: bool, treatment: Treatment) -> None:
    evidence = HOME._replace(inbound_only=True)
    assert (
        combine_evidence(
            evidence, TrunkEnforcement("T", TrunkSettings(acts=EnforcementStep.SHARE, share=0.5), KEY), in_share
        ).treatment
        is treatment
    )


def test_what_a_rule_means_goes_as_far_as_rules_do() -> None:
    evidence = HOME._replace(rule_hits=(("burst", Treatment.REFUSE, 0.8),))
    decision = combine_evidence(
        evidence,
        TrunkEnforcement("T", TrunkSettings(acts=EnforcementStep.REFUSE, rules=EnforcementStep.LABEL), KEY),
        False,
    )
    assert (decision.treatment, decision.meant, decision.reasons) == (
        Treatment.LABEL,
        Treatment.REFUSE,
        (f"{reasons.RULE}:burst",),
    )
