"""Check receiving organisations: the kind must be allowed, and each may be a receiver only once."""

from collections.abc import Iterable, Mapping

from fanzha.base.words import Words
from fanzha.processes.parties import Party
from fanzha.processes.process import Process
from fanzha.processes.refusal import Reason, Refusal
from fanzha.processes.roles import role_table
from fanzha.processes.situation import LegState, Value


def find_receivers(process: Process, stored: Mapping[str, Value], legs: Iterable[LegState]) -> tuple[Party, ...]:
    """Return the receivers named in kept fields. Raise Refusal for a receiver that is not allowed."""
    opening = {event.opens_legs for event in process.events.values() if event.opens_legs}
    parties: list[Party] = []
    for name in sorted(opening & stored.keys()):
        value = stored[name]
        parties += [party for party in (value if isinstance(value, tuple) else (value,)) if isinstance(party, Party)]
    receivers = list(legs)
    for number, party in enumerate(parties):
        _check_receiver(process, party, [*(leg.receiver for leg in receivers), *parties[:number]])
    return tuple(parties)


def find_receiver(process: Process, value: Value, legs: Iterable[LegState]) -> Party:
    """Return the receiver of a forwarded leg. Raise Refusal if it is not allowed or already a receiver."""
    assert isinstance(value, Party)  # the field's type was checked
    _check_receiver(process, value, [leg.receiver for leg in legs])
    return value


def _check_receiver(process: Process, party: Party, receivers: list[Party]) -> None:
    kinds = [kind for name in (process.legs.receivers if process.legs else ()) for kind in role_table().kinds_of(name)]
    if party.kind not in kinds:
        words = Words(f"{party.organization} 不能作为接收单位", f"{party.organization} cannot be a receiver here")
        raise Refusal(Reason.RECEIVER, words)
    if party.organization in [receiver.organization for receiver in receivers]:
        words = Words(f"{party.organization} 已是接收单位", f"{party.organization} has been asked already")
        raise Refusal(Reason.RECEIVER, words)
