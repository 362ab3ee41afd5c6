"""A received fact of a live process."""

from typing import NamedTuple


class ReceivedFact(NamedTuple):
    """A received fact: moment, position in the sequence, and the fields that a finding reports."""

    moment: int
    position: int
    event_id: str
    simulated: bool
    basis: str | None
    call_id: str | None
