"""Let the governor decide which hits would have acted if each version had been live."""

from collections.abc import Sequence
from typing import NamedTuple

from fanzha.analyze.backtest.hits import Hit
from fanzha.analyze.backtest.rule_versions import RuleVersion
from fanzha.base.words import Words
from fanzha.claims.allowlist import Allowlist
from fanzha.claims.budget import Budget, Overrun
from fanzha.claims.finding import Finding, Mode
from fanzha.claims.governor import Governor, TriggeredFinding


class GovernorRuling(NamedTuple):
    """The governor's decision on one hit: whether it acts, and the reason if it does not."""

    acts: bool
    why: Words | None = None


def govern(
    hits: Sequence[Hit], versions: Sequence[RuleVersion], budgets: Sequence[Budget], spared: Allowlist
) -> tuple[list[GovernorRuling], list[Overrun]]:
    """Decide on the hits in order; `budgets` are those of the versions; overruns name versions by label."""
    budgets_by_label = {version.label: budget for version, budget in zip(versions, budgets, strict=True)}
    governor = Governor(budgets_by_label, spared)
    rulings = []
    for hit in hits:
        governed = governor.judge(TriggeredFinding(_finding(hit, versions[hit.version]), hit.trigger, hit.trunk_calls))
        acts = governed.mode is Mode.LIVE
        rulings.append(GovernorRuling(acts, None if acts else Words(governed.reasons_zh[-1], governed.reasons_en[-1])))
    return rulings, governor.overruns()


def _finding(hit: Hit, version: RuleVersion) -> Finding:
    """Return the live finding of a hit, without texts, which the governor does not read."""
    return Finding(
        detector=version.label,
        version=str(version.rule.version),
        subject_kind=hit.subject.kind,
        subject=hit.subject.value,
        fraud_type=version.rule.fraud_type,
        score=hit.score,
        found_at=hit.moment,
        valid_until=hit.moment,
        reasons_zh=(),
        reasons_en=(),
        public_zh="",
        public_en="",
        evidence="{}",
        event_ids=(hit.event_id,),
        basis="",
        simulated=hit.simulated,
        mode=Mode.LIVE,
    )
