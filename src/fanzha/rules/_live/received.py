"""What a live process knows of a received fact beside its columns."""

from typing import NamedTuple


class ReceivedFact(NamedTuple):
    """A received fact: moment, position in the sequence, and the fields that a finding reports."""

    moment: int
    position: int
    event_id: str
    simulated: bool
    basis: str | None
    call_id: str | None
