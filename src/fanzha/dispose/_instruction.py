"""Instruction: the action one organisation must take on its targets, with end, approval and legal basis."""

import msgspec

from fanzha.base.words import Words
from fanzha.claims.verdict import VerdictScope
from fanzha.dispose._action import ACTION_SPECS, Action
from fanzha.kinds import all_kinds

#: The same limit as for lists in `fanzha.processes.evidence`.
MOST_TARGETS = 1_000


class Target(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One subject: kind, canonical value, and start of its current holder's period (UTC ms)."""

    kind: str
    value: str
    holder_from: int | None = None


class Instruction(msgspec.Struct, frozen=True, kw_only=True):
    """One leg of an order. Times are UTC ms. Raise ValueError for incomplete or invalid instructions.

    An order needs the approval of two persons; in an emergency one is enough until a second person ratifies
    it. `renewal` counts how often the end of the leg was extended.
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
        """Validate the fields; raise ValueError."""
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
        for target in self.targets:
            if target.kind not in ACTION_SPECS[self.action].kinds:
                raise ValueError(f"{self.action} does not concern a {target.kind}")
            if all_kinds()[target.kind].normalise(target.value) != target.value:
                raise ValueError(f"{target.kind} is not written in canonical form: {target.value!r}")
