"""An instruction: what one organisation is to do to which subjects, until when, on whose word and on what basis."""

import msgspec

from fanzha.base.words import Words
from fanzha.claims.verdict import VerdictScope
from fanzha.dispose._action import ACTIONS, Action
from fanzha.kinds import all_kinds

#: As many as a draft may name: `fanzha.processes.evidence` takes lists of so many.
MOST_TARGETS = 1_000


class Target(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One subject: its kind, its canonical value, and since when its present holder has it (UTC ms)."""

    kind: str
    value: str
    holder_from: int | None = None


class Instruction(msgspec.Struct, frozen=True, kw_only=True):
    """One leg of an order. Times are UTC ms; raises ValueError for what nobody could be held to.

    A limit on anybody takes a human, and an order a second one (design §5): both are named. In an emergency one may
    order alone, until a second one ratifies it. `renewal` counts how often the same leg was given a later end.
    """

    order: str  # reference of the order
    leg: str  # reference of this receiver's part, unique
    action: Action
    targets: tuple[Target, ...]
    issuer: str
    receiver: str
    basis: tuple[str, ...]  # codes of fanzha.processes.legal_basis
    reason: Words
    approved_by: tuple[str, ...]
    given_at: int
    until: int
    answer_by: int | None = None
    scope: VerdictScope = VerdictScope()
    fraud_type: str = ""
    simulated: bool = False
    emergency: bool = False
    renewal: int = 0

    def __post_init__(self) -> None:
        """Refuse what has no issuer, basis, second person, end, or a subject that the action does not concern."""
        for name in ("order", "leg", "issuer", "receiver"):
            if not getattr(self, name).strip():
                raise ValueError(f"an instruction has {name}")
        if not self.basis or not all(self.reason):
            raise ValueError("an instruction names its basis, and its reason in both languages")
        if len(set(self.approved_by)) < (1 if self.emergency else 2):
            raise ValueError("an order takes two persons, in an emergency one")
        if self.until <= self.given_at:
            raise ValueError("until is not after given_at")
        if not 0 < len(set(self.targets)) == len(self.targets) <= MOST_TARGETS:
            raise ValueError(f"an instruction has 1 to {MOST_TARGETS:,} different targets")
        for one in self.targets:
            if one.kind not in ACTIONS[self.action].kinds:
                raise ValueError(f"{self.action} does not concern a {one.kind}")
            if all_kinds()[one.kind].normalise(one.value) != one.value:
                raise ValueError(f"{one.kind} is not written in canonical form: {one.value!r}")
