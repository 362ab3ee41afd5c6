"""Each treatment is that of the verdicts that screens act on, for the calls that a number places."""

import pytest

from fanzha.claims.evidence import evidence_from_opinion
from fanzha.claims.fusion import fuse
from fanzha.claims.policy import Policy
from fanzha.claims.treatment import Treatment
from fanzha.claims.verdict import Level, VerdictScope
from fanzha.dispose import TREATMENTS, Action, ChannelEndpoint
from fanzha.dispose._examples import GIVEN_AT, example_order
from fanzha.dispose.number_treatment import CHANNEL

NUMBER = ("phone_number", "+8617000000001")


@pytest.mark.parametrize("action", sorted(TREATMENTS))
def test_a_verdict_made_of_it_treats_calls_as_ordered(action: Action) -> None:
    decisions = CHANNEL.instruct(example_order(action, NUMBER), ChannelEndpoint(), GIVEN_AT).decisions
    (verdict,) = fuse(map(evidence_from_opinion, decisions.values()), GIVEN_AT, Policy())
    assert (verdict.treatment, verdict.scope) == (Treatment(action), VerdictScope("outgoing"))
    assert verdict.level is (Level.CLEAR if action is Action.ALLOW else Level.SUSPECTED)


def test_calls_to_a_number_are_meant_where_the_scope_says_so() -> None:
    scope = VerdictScope("incoming", "voice")
    (one,) = CHANNEL.instruct(
        example_order(Action.LABEL, NUMBER, scope=scope), ChannelEndpoint(), GIVEN_AT
    ).decisions.values()
    assert (one.direction, one.service, one.ingress) == scope
