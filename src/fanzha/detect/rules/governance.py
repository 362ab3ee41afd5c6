"""The mode of findings of rules: by the rule's life-cycle step, window warm-up and harm budget."""

from dataclasses import dataclass, field

import msgspec

from fanzha.claims import Finding, Mode, rule_lifecycle
from fanzha.claims.allowlist import Allowlist, Trigger
from fanzha.claims.budget import Budget, Overrun
from fanzha.claims.governor import Governor, TriggeredFinding
from fanzha.detect import RuleDetector
from fanzha.events import CALL_FACTS
from fanzha.rules.tree import Expression, FieldReference, SourceLocation, WindowExpression, WindowKey

HOUR_MS = 3_600_000
NO_KEY = b"\0"  # for runs in which no rule acts on a share of traffic

_TRUNK = FieldReference(SourceLocation(), "trunk")
#: Calls of the current fact's trunk in the last hour, the denominator of a budget's share of a trunk.
TRUNK_CALLS = WindowExpression(SourceLocation(), "count", "call_offered", (WindowKey(_TRUNK, _TRUNK),), HOUR_MS)


@dataclass(frozen=True)
class Governance:
    """The operator's budgets and allowlist; `key` selects the share of traffic on which a rule acts."""

    budgets: dict[str, Budget] = field(default_factory=dict)
    default: Budget = Budget()
    spared: Allowlist = field(default_factory=Allowlist)
    key: bytes = NO_KEY

    @property
    def extra_windows(self) -> list[tuple[str, Expression]]:
        """Windows to compute in addition to those of the rules: calls of the trunk, if a budget is a share of them."""
        shares = any(budget.share_of_trunk is not None for budget in (self.default, *self.budgets.values()))
        return [(fact, TRUNK_CALLS) for fact in CALL_FACTS] if shares else []


class FindingGovernor:
    """Sets the mode of findings, in time order."""

    def __init__(self, governance: Governance, saved: bytes = b"") -> None:
        """Start with empty counts, or with saved ones."""
        self._governance = governance
        self._governor = Governor(governance.budgets, governance.spared, default=governance.default, saved=saved)

    def set_mode(
        self, detector: RuleDetector, finding: Finding, trigger: Trigger, *, warm: bool, trunk_calls: int | None
    ) -> Finding:
        """Return the finding with its mode set."""
        mode = detector.mode if warm else Mode.SHADOW
        if detector.step is not None:
            subject = {"subject_kind": finding.subject_kind, "subject": finding.subject}
            mode = rule_lifecycle.resolve_mode(
                detector.step, rule=finding.detector, key=self._governance.key, warm=warm, **subject
            )
        finding = msgspec.structs.replace(finding, mode=mode, windows_full=warm)
        return self._governor.judge(TriggeredFinding(finding, trigger, trunk_calls))

    def overruns(self) -> list[Overrun]:
        """Return the times at which a rule exceeded its budget."""
        return self._governor.overruns()

    def save(self) -> bytes:
        """Return the hourly counts."""
        return self._governor.save()
