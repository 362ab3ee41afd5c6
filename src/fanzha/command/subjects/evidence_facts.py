"""What a finding's evidence says that others may share or that adds up: hosts, texts, contacts, calls, money."""

from typing import Any

import msgspec

from fanzha.base.errors import Malformed


class EvidenceWindow(msgspec.Struct, frozen=True):
    """One window of a rule with its value, as detectors by rule tell it."""

    window: str = ""
    value: Any = None


class EvidenceFacts(msgspec.Struct, frozen=True):
    """The evidence fields that are read, of any detector; other fields are ignored."""

    url: Any = None
    host: Any = None
    registrable: Any = None
    text: Any = None
    handles: Any = None
    trunk: Any = None
    device: Any = None
    kit: Any = None
    outlet: Any = None
    calls: Any = None
    amount_yuan: Any = None
    windows: tuple[EvidenceWindow, ...] = ()

    @property
    def call_count(self) -> int:
        """Return how many calls it speaks of, at most: of windows that count calls, the largest."""
        counts = [one.value for one in self.windows if one.window.startswith("count(call_")]
        told = [*counts, self.calls]
        return int(max((one for one in told if isinstance(one, int | float) and 0 <= one < 1e9), default=0))

    @property
    def money_fen(self) -> int:
        """Return the money that it speaks of, in fen."""
        amount = self.amount_yuan
        return round(amount * 100) if isinstance(amount, int | float) and 0 <= amount < 1e12 else 0


_decode = msgspec.json.Decoder(EvidenceFacts).decode
_object = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def parse_evidence(evidence: str) -> EvidenceFacts:
    """Return what is read of evidence; raises Malformed when it is no JSON object, or nested too deep to be read."""
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
    return EvidenceFacts()  # its fields mean something else there
