"""The evidence fields of a finding that become ties or statistics: hosts, texts, contacts, calls, money."""

from typing import Any

import msgspec

from fanzha.base.errors import Malformed


class EvidenceWindow(msgspec.Struct, frozen=True):
    """One window of a rule with its value, as rule detectors report it."""

    window: str = ""
    value: Any = None


class EvidenceFacts(msgspec.Struct, frozen=True):
    """The evidence fields read from any detector; other fields are ignored."""

    url: Any = None
    host: Any = None
    registrable: Any = None
    text: Any = None
    handles: Any = None
    trunk: Any = None
    device: Any = None
    kit: Any = None
    kits: Any = None
    outlet: Any = None
    calls: Any = None
    amount_yuan: Any = None
    windows: tuple[EvidenceWindow, ...] = ()

    @property
    def call_count(self) -> int:
        """Return the largest number of calls that the evidence names: windows that count calls, or `calls`."""
        counts = [window.value for window in self.windows if window.window.startswith("count(call_")]
        values = [*counts, self.calls]
        return int(max((value for value in values if isinstance(value, int | float) and 0 <= value < 1e9), default=0))

    @property
    def money_fen(self) -> int:
        """Return the amount of money that the evidence names, in fen."""
        amount = self.amount_yuan
        return round(amount * 100) if isinstance(amount, int | float) and 0 <= amount < 1e12 else 0


_decode = msgspec.json.Decoder(EvidenceFacts).decode
_object = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def parse_evidence(evidence: str) -> EvidenceFacts:
    """Parse the evidence. Raise Malformed if it is no JSON object or is nested too deeply."""
    try:
        return _decode(evidence)
    except msgspec.ValidationError:
        pass
    except (msgspec.DecodeError, RecursionError) as error:
        raise Malformed(f"evidence is no JSON ({error})") from None
    try:
        _object(evidence)
    except msgspec.ValidationError:
        raise Malformed("evidence is no JSON object") from None
    return EvidenceFacts()  # the detector uses these field names for other types
