"""A rule that has told of a subject is quiet about it for a while (`again after`): one bounded, exact memory."""

import msgspec

_VERSION = 1


class Cooldown:
    """Who was told of when, by rule; the moments of one rule never fall.

    A firing in the quiet time neither tells nor prolongs it. What is forgotten can never matter again, so that memory
    holds no more than twice the subjects told of within their quiet times.
    """

    def __init__(self) -> None:
        """Begin with nobody told of."""
        self._ends: dict[str, dict[tuple[str, str], int]] = {}  # rule -> subject -> first moment it may be told again
        self._newest: dict[str, int] = {}
        self._room: dict[str, int] = {}  # subjects at which to look for what can be forgotten

    def admit(self, rule: str, subject_kind: str, subject: str, moment: int, again_after: int) -> bool:
        """Return whether this firing is told, and remember it when it is; times in ms."""
        ends, key = self._ends.setdefault(rule, {}), (subject_kind, subject)
        self._newest[rule] = moment  # they never fall
        if key in ends and moment < ends[key]:
            return False
        ends[key] = moment + again_after
        if len(ends) > self._room.get(rule, 64):
            self._sweep(rule)
        return True

    def __len__(self) -> int:
        """Return how many subjects are remembered."""
        return sum(map(len, self._ends.values()))

    def _sweep(self, rule: str) -> None:
        newest = self._newest[rule]
        kept = {subject: end for subject, end in self._ends[rule].items() if end > newest}
        self._ends[rule], self._room[rule] = kept, max(64, 2 * len(kept))

    def save(self) -> bytes:
        """Return the state: the same bytes whenever the same firings were seen."""
        for rule in self._ends:
            self._sweep(rule)
        rules = {
            rule: (self._newest[rule], sorted((*subject, end) for subject, end in ends.items()))
            for rule, ends in sorted(self._ends.items())
        }
        return msgspec.msgpack.encode((_VERSION, rules))

    @classmethod
    def restore(cls, saved: bytes) -> "Cooldown":
        """Return the memory that was saved; raises ValueError when the bytes are none."""
        type_ = tuple[int, dict[str, tuple[int, list[tuple[str, str, int]]]]]
        version, rules = msgspec.msgpack.decode(saved, type=type_)
        if version != _VERSION:
            raise ValueError(f"a quiet memory of version {version} cannot be read")
        quiet = cls()
        for rule, (newest, ends) in rules.items():
            quiet._newest[rule] = newest
            quiet._ends[rule] = {(kind, subject): end for kind, subject, end in ends}
        return quiet
