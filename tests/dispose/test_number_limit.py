"""A limit stops what a number sends, and nothing that it is sent."""

from fanzha.claims.evidence import evidence_from_opinion
from fanzha.claims.fusion import fuse
from fanzha.claims.policy import Policy
from fanzha.claims.snapshot_entry import build_entry
from fanzha.claims.treatment import Treatment
from fanzha.dispose import Action, ChannelEndpoint
from fanzha.dispose._examples import GIVEN_AT, example_order
from fanzha.dispose.number_limit import CHANNEL


def test_outgoing_calls_and_texts_are_refused_and_incoming_ones_are_not_thought_of() -> None:
    limit = example_order(Action.LIMIT_OUTGOING, ("phone_number", "+8617000000001"))
    decisions = CHANNEL.instruct(limit, ChannelEndpoint(), GIVEN_AT).decisions
    entry = build_entry(list(fuse(map(evidence_from_opinion, decisions.values()), GIVEN_AT, Policy())), None, GIVEN_AT)
    assert entry is not None
    for service in ("voice", "text"):
        held = entry.match(GIVEN_AT, "outgoing", service, "mobile")
        assert held is not None and held.treatment is Treatment.REFUSE
        assert entry.match(GIVEN_AT, "incoming", service, "mobile") is None
