"""What a firing may do: by the rule's life, by whether its windows are warm, within its harm budget (design §4)."""

from dataclasses import dataclass, field

import msgspec

from fanzha.claims import Finding, Mode, rule_lifecycle
from fanzha.claims.allowlist import Allowlist, Trigger
from fanzha.claims.budget import Budget, Overrun
from fanzha.claims.governor import Governor, TriggeredFinding
from fanzha.detect._rule_detector import RuleDetector
from fanzha.events import CALL_FACTS
from fanzha.rules.tree import Field, Key, Node, Place, Window

HOUR_MS = 3_600_000
NO_KEY = b"\0"  # where no rule is on a share of traffic

_TRUNK = Field(Place(), "trunk")
#: Calls of the present fact's trunk in the last hour: what a share of a trunk is measured by.
TRUNK_CALLS = Window(Place(), "count", "call_offered", (Key(_TRUNK, _TRUNK),), HOUR_MS)


@dataclass(frozen=True)
class Governance:
    """What the operator allows; the key draws the share of traffic."""

    budgets: dict[str, Budget] = field(default_factory=dict)
    default: Budget = Budget()
    spared: Allowlist = field(default_factory=Allowlist)
    key: bytes = NO_KEY

    @property
    def beside(self) -> list[tuple[str, Node]]:
        """What the engine must know beside the rules: the calls of a trunk, when a budget is a share of them."""
        shares = any(one.share_of_trunk is not None for one in (self.default, *self.budgets.values()))
        return [(fact, TRUNK_CALLS) for fact in CALL_FACTS] if shares else []


class Judge:
    """Sets the mode of findings, one after the other."""

    def __init__(self, governance: Governance, saved: bytes = b"") -> None:
        """Begin, or go on from what was saved."""
        self._governance = governance
        self._governor = Governor(governance.budgets, governance.spared, default=governance.default, saved=saved)

    def judge(
        self, detector: RuleDetector, finding: Finding, trigger: Trigger, *, warm: bool, trunk_calls: int | None
    ) -> Finding:
        """Return the finding in the mode it may have."""
        mode = detector.mode if warm else Mode.SHADOW
        if detector.step is not None:
            subject = {"subject_kind": finding.subject_kind, "subject": finding.subject}
            mode = rule_lifecycle.resolve_mode(
                detector.step, rule=finding.detector, key=self._governance.key, warm=warm, **subject
            )
        return self._governor.judge(TriggeredFinding(msgspec.structs.replace(finding, mode=mode), trigger, trunk_calls))

    def overruns(self) -> list[Overrun]:
        """Return where a rule went over its budget."""
        return self._governor.overruns()

    def save(self) -> bytes:
        """Return the counts of the hours."""
        return self._governor.save()
