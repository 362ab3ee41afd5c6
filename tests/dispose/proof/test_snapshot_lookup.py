"""What a screen answers proves an order, and its taking back, for the scope that was meant."""

import json

import pytest

from fanzha.claims.snapshot_entry import SnapshotEntry
from fanzha.claims.treatment import Treatment
from fanzha.claims.verdict import Level, VerdictScope
from fanzha.dispose import (
    Action,
    ChannelEndpoint,
    ProofOutcome,
    UnreadableAnswer,
    parse_lookup,
    prove_in_force,
    prove_withdrawn,
)
from fanzha.dispose._examples import GIVEN_AT, UNTIL, example_order
from fanzha.dispose.number_treatment import CHANNEL

SCOPE = VerdictScope("outgoing", "", "international_gateway")
ORDER = example_order(Action.REFUSE, ("phone_number", "+8617000000001"), scope=SCOPE)
(DECISION,) = CHANNEL.instruct(ORDER, ChannelEndpoint(), GIVEN_AT).decisions.values()
REFUSED = SnapshotEntry(Level.SUSPECTED, Treatment.REFUSE, "", UNTIL, *SCOPE)
LABELLED = SnapshotEntry(Level.SUSPECTED, Treatment.LABEL)


@pytest.mark.parametrize(
    ("entry", "there", "gone"),
    [
        (REFUSED._replace(next_scope=LABELLED), ProofOutcome.YES, ProofOutcome.NO),
        (LABELLED, ProofOutcome.NO, ProofOutcome.YES),
        (None, ProofOutcome.NO, ProofOutcome.YES),
        (REFUSED._replace(ingress="mobile"), ProofOutcome.NO, ProofOutcome.YES),
        (REFUSED._replace(until=GIVEN_AT), ProofOutcome.NO, ProofOutcome.YES),
        (REFUSED._replace(ingress=""), ProofOutcome.YES, ProofOutcome.NO),
    ],
)
def test_an_entry_proves_what_it_does_where_it_was_meant(
    entry: SnapshotEntry | None, there: ProofOutcome, gone: ProofOutcome
) -> None:
    found = prove_in_force(DECISION, entry, GIVEN_AT), prove_withdrawn(DECISION, entry, GIVEN_AT)
    assert [one.outcome for one in found] == [there, gone]
    assert all(all(one.words) and one.kind == "snapshot_entry" for one in found)


def test_the_answer_of_a_screen_is_read() -> None:
    said = {"level": "suspected", "treatment": "refuse", "until": UNTIL, "direction": "outgoing", "zh": "…", "en": "…"}
    wider = {"level": "watch", "treatment": "label", "until": UNTIL}
    body = {
        "results": [{"state": "listed", "opinions": [said, wider]}, {"state": "unlisted", "opinions": []}],
        "sequence": 3,
        "made_at": 1,
    }
    one, other = parse_lookup(json.dumps(body).encode())
    assert one is not None and other is None
    assert [entry.treatment for entry in one.scopes()] == [Treatment.REFUSE, Treatment.LABEL]


@pytest.mark.parametrize("body", [b"", b"{}", b'{"results": [{"state": 1}], "sequence": 1}', b"<html>"])
def test_what_is_no_answer_of_a_screen_is_told(body: bytes) -> None:
    with pytest.raises(UnreadableAnswer):
        parse_lookup(body)
