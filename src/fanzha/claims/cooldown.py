"""Cooldown of rules (`again after`): a rule that reported a subject does not report it again for a while."""

import msgspec

_VERSION = 1


class Cooldown:
    """Cooldown ends by rule and subject; the times of one rule must not decrease.

    A firing during the cooldown is suppressed and does not extend it. Expired entries are removed, so memory is bounded
    by twice the number of subjects in cooldown. The result is exact.
    """

    def __init__(self) -> None:
        """Start empty."""
        self._ends: dict[str, dict[tuple[str, str], int]] = {}  # rule -> subject -> end of the cooldown
        self._newest: dict[str, int] = {}
        self._room: dict[str, int] = {}  # number of subjects that triggers the next sweep

    def admit(self, rule: str, subject_kind: str, subject: str, moment: int, again_after: int) -> bool:
        """Return whether this firing is reported; if it is, start the cooldown. Times are in ms."""
        ends, key = self._ends.setdefault(rule, {}), (subject_kind, subject)
        self._newest[rule] = moment
        if key in ends and moment < ends[key]:
            return False
        ends[key] = moment + again_after
        if len(ends) > self._room.get(rule, 64):
            self._sweep(rule)
        return True

    def __len__(self) -> int:
        """Return how many subjects are stored."""
        return sum(map(len, self._ends.values()))

    def _sweep(self, rule: str) -> None:
        newest = self._newest[rule]
        active = {subject: end for subject, end in self._ends[rule].items() if end > newest}
        self._ends[rule], self._room[rule] = active, max(64, 2 * len(active))

    def save(self) -> bytes:
        """Return the state as bytes; the same firings give the same bytes."""
        for rule in self._ends:
            self._sweep(rule)
        rules = {
            rule: (self._newest[rule], sorted((*subject, end) for subject, end in ends.items()))
            for rule, ends in sorted(self._ends.items())
        }
        return msgspec.msgpack.encode((_VERSION, rules))

    @classmethod
    def restore(cls, saved: bytes) -> "Cooldown":
        """Restore a saved state; raise ValueError if the version is unknown."""
        type_ = tuple[int, dict[str, tuple[int, list[tuple[str, str, int]]]]]
        version, rules = msgspec.msgpack.decode(saved, type=type_)
        if version != _VERSION:
            raise ValueError(f"a cooldown state of version {version} cannot be read")
        quiet = cls()
        for rule, (newest, ends) in rules.items():
            quiet._newest[rule] = newest
            quiet._ends[rule] = {(kind, subject): end for kind, subject, end in ends}
        return quiet
