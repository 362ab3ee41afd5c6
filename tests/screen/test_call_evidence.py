"""What is found out about a call is weighed: the hardest counts, and each source goes only as far as its step."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.claims.treatment import TREATMENTS, Treatment
from fanzha.claims.verdict import LEVELS, Level
from fanzha.detect.gateway.reasons import GatewayReason as Ruled
from fanzha.screen import reasons
from fanzha.screen.call_evidence import Found, weighed
from fanzha.screen.enforcement import Acts
from fanzha.screen.settings import Acting, Trunk

KEY = bytes(32)
HOME = Found(False, "")
_trunks = st.builds(
    Trunk,
    acts=st.sampled_from(Acting),
    lists=st.none() | st.sampled_from(Acting),
    guard=st.none() | st.sampled_from(Acting),
    rules=st.none() | st.sampled_from(Acting),
)
_found = st.builds(
    Found,
    abroad=st.booleans(),
    country=st.sampled_from(("", "US")),
    ruled=st.sampled_from(Ruled).map(int),
    unproven=st.sampled_from(TREATMENTS),
    callee_costs=st.booleans(),
    level=st.sampled_from(LEVELS),
    treatment=st.sampled_from(TREATMENTS),
    callee_suspected=st.booleans(),
    never_calls=st.booleans(),
    claims_protected=st.booleans(),
    fired=st.lists(st.tuples(st.sampled_from(("one", "two")), st.sampled_from(TREATMENTS), st.floats(0, 1)), max_size=2)
    .map(tuple),
)  # fmt: skip


def acts(step: Acting = Acting.REFUSE) -> Acts:
    return Acts("T", Trunk(acts=step), KEY)


@given(_found, _trunks, st.booleans())
def test_a_decision_is_the_same_whether_it_was_kept_or_not(found: Found, trunk: Trunk, drawn: bool) -> None:
    made = Acts("T", trunk, KEY)
    kept = weighed(found, made, drawn)
    assert weighed(found, made, drawn) == kept == weighed.__wrapped__(found, made, drawn)
    assert kept == weighed.__wrapped__(found, Acts("other", trunk, KEY), drawn)


@given(_found, _trunks, st.booleans())
def test_no_more_is_done_than_is_meant_and_every_reason_is_told_once(found: Found, trunk: Trunk, drawn: bool) -> None:
    decision = weighed(found, Acts("T", trunk, KEY), drawn)
    order = TREATMENTS.index
    assert order(decision.treatment) <= order(decision.meant)
    sources = (found.abroad, found.callee_costs, found.ruled, found.level is not Level.CLEAR)
    others = (found.callee_suspected, found.never_calls, found.claims_protected)
    assert len(decision.reasons) == sum(map(bool, (*sources, *others))) + len(found.fired)


def test_the_weightiest_is_told_first_and_the_highest_score_counts() -> None:
    found = HOME._replace(abroad=True, country="US", ruled=int(Ruled.PREMIUM_FROM_ABROAD), level=Level.SUSPECTED)
    decision = weighed(found._replace(treatment=Treatment.REFUSE), acts(), False)
    assert decision.reasons == (reasons.SUSPECTED, "premium_from_abroad", reasons.FROM_ABROAD)
    assert (decision.treatment, decision.score, decision.country) == (Treatment.REFUSE, 0.9, "US")


def test_roamers_that_nobody_has_proven_are_treated_as_the_settings_say() -> None:
    found = HOME._replace(ruled=int(Ruled.MOBILE_UNPROVEN), unproven=Treatment.WITHHOLD)
    assert weighed(found, acts(), False).treatment is Treatment.WITHHOLD
    other = found._replace(ruled=int(Ruled.PORT_CALLS))
    assert weighed(other, acts(), False).treatment is Treatment.LABEL


@pytest.mark.parametrize(("drawn", "treatment"), [(True, Treatment.REFUSE), (False, Treatment.LABEL)])
def test_in_a_share_the_drawn_calls_are_treated_as_meant(drawn: bool, treatment: Treatment) -> None:
    found = HOME._replace(never_calls=True)
    assert weighed(found, Acts("T", Trunk(acts=Acting.SHARE, share=0.5), KEY), drawn).treatment is treatment


def test_what_a_rule_means_goes_as_far_as_rules_do() -> None:
    found = HOME._replace(fired=(("burst", Treatment.REFUSE, 0.8),))
    decision = weighed(found, Acts("T", Trunk(acts=Acting.REFUSE, rules=Acting.LABEL), KEY), False)
    assert (decision.treatment, decision.meant, decision.reasons) == (
        Treatment.LABEL,
        Treatment.REFUSE,
        (f"{reasons.RULE}:burst",),
    )
