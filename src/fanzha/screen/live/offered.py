"""A call being set up as the fields of a call_offered event, which is what rules read."""

from fanzha.base.ids import digest
from fanzha.screen.attempt import Attempt

SOURCE = "screen"


def event_id(call_id: str, at: int) -> str:
    """Return the id of the event that an attempt is: the same at every replay of the log."""
    return digest(SOURCE, call_id, at)


def fields_of(attempt: Attempt, caller: str, callee: str) -> dict[str, object]:
    """Return the fields; `caller` and `callee` are the numbers as normalised, "" where they are none.

    What the network does not say is left out: to a rule it is unknown, not an empty text.
    """
    named: dict[str, object] = {
        "call_id": attempt.call_id,
        "event_id": event_id(attempt.call_id, attempt.at),
        "source": SOURCE,
        "caller": caller or attempt.caller,
        "callee": callee or attempt.callee,
        "trunk": attempt.trunk,
        "ingress": attempt.ingress,
        "proven_caller": caller if attempt.own else "",
        "original_callee": attempt.original_callee,
        "presentation": "restricted" if attempt.private else "",
        "attestation": attempt.attestation,
    }
    return {name: value for name, value in named.items() if value}
