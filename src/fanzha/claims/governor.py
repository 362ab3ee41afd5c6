"""Reduce live findings to reports if they exceed the rule's harm budget or concern an allowlisted number."""

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from fanzha.base.words import Words
from fanzha.claims.allowlist import Allowlist, Trigger, explain_exemption
from fanzha.claims.budget import Budget, Overrun
from fanzha.claims.finding import Finding, Mode

HOUR_MS = 3_600_000
RETAINED_HOURS = 48  # later findings only report

_VERSION = 1


class TriggeredFinding(NamedTuple):
    """A finding, its trigger, and the calls of its trunk in that hour (None: unknown)."""

    finding: Finding
    trigger: Trigger = Trigger()
    trunk_calls: int | None = None


class _Hour(msgspec.Struct):
    number: int
    subjects: set[tuple[str, str]] = msgspec.field(default_factory=set)
    trunks: dict[str, int] = msgspec.field(default_factory=dict)
    over: dict[str, Overrun] = msgspec.field(default_factory=dict)  # by trunk, "" = everywhere


class _State(msgspec.Struct):
    version: int = _VERSION
    rules: dict[str, list[_Hour]] = msgspec.field(default_factory=dict)
    past: list[Overrun] = msgspec.field(default_factory=list)


class Governor:
    """Applies budgets and the allowlist to findings in one fixed order, so that sharded runs give the same result."""

    def __init__(
        self, budgets: Mapping[str, Budget], spared: Allowlist, *, default: Budget | None = None, saved: bytes = b""
    ) -> None:
        """Take budgets by rule and a `default` for other rules; resume from `saved` if given."""
        self._budgets, self._default, self._spared = budgets, default or Budget(), spared
        self._state = msgspec.msgpack.decode(saved, type=_State) if saved else _State()
        if self._state.version != _VERSION:
            raise ValueError(f"a governor's state of version {self._state.version} cannot be read")

    def judge(self, claim: TriggeredFinding) -> Finding:
        """Return the finding unchanged, or in shadow mode with the reason added."""
        finding = claim.finding
        if finding.mode is not Mode.LIVE:
            return finding
        if (entry := self._spared.entry(claim.trigger, finding.found_at)) is not None:
            return _report_only(finding, explain_exemption(entry))
        why = self._check_budget(claim)
        return finding if why is None else _report_only(finding, why)

    def _check_budget(self, claim: TriggeredFinding) -> Words | None:
        """Count a finding against the budget; return the reason to withhold it, None if it may act."""
        finding, trunk = claim.finding, claim.trigger.trunk or ""
        budget = self._budgets.get(finding.detector, self._default)
        hour = self._hour(finding.detector, finding.found_at // HOUR_MS)
        if hour is None:
            return _LATE
        if overrun := hour.over.get("") or hour.over.get(trunk):
            overrun.withheld += 1
            return overrun.why()
        if budget.share_of_trunk is not None and trunk and claim.trunk_calls is None:
            return _UNMEASURED
        if (over := _exceeded(hour, claim, budget)) is not None:
            hour.over[over.trunk] = over
            return over.why()
        if budget.subjects_an_hour is not None:
            hour.subjects.add((finding.subject_kind, finding.subject))
        if trunk and budget.share_of_trunk is not None:
            hour.trunks[trunk] = hour.trunks.get(trunk, 0) + 1
        return None

    def _hour(self, rule: str, number: int) -> _Hour | None:
        """Return the counts of an hour, None if the hour is too old; drop hours that are too old."""
        hours = self._state.rules.setdefault(rule, [])
        newest = max((hour.number for hour in hours), default=number)
        if number <= newest - RETAINED_HOURS:
            return None
        if (counts := next((hour for hour in hours if hour.number == number), None)) is not None:
            return counts
        past = [hour for hour in hours if hour.number <= number - RETAINED_HOURS]
        self._state.past += [over for hour in past for over in hour.over.values()]
        self._state.rules[rule] = [*(hour for hour in hours if hour not in past), created := _Hour(number)]
        return created

    def overruns(self) -> list[Overrun]:
        """Return every overrun since the last `take_past`, by rule, hour and trunk."""
        current = (overrun for hours in self._state.rules.values() for hour in hours for overrun in hour.over.values())
        return sorted([*self._state.past, *current], key=lambda overrun: (overrun.rule, overrun.hour, overrun.trunk))

    def take_past(self) -> list[Overrun]:
        """Return and remove the overruns that can no longer change, so that memory stays bounded."""
        past, self._state.past = self._state.past, []
        return past

    def save(self) -> bytes:
        """Return the state as bytes, for the argument `saved` of a new governor."""
        return msgspec.msgpack.encode(self._state, order="sorted")


def _exceeded(hour: _Hour, claim: TriggeredFinding, budget: Budget) -> Overrun | None:
    """Return the overrun that the finding would cause, None if it fits the budget."""
    finding, trunk, limit_subjects = claim.finding, claim.trigger.trunk or "", budget.subjects_an_hour
    hour_start = finding.found_at // HOUR_MS * HOUR_MS
    is_new = (finding.subject_kind, finding.subject) not in hour.subjects
    if limit_subjects is not None and is_new and len(hour.subjects) >= limit_subjects:
        return Overrun(finding.detector, hour_start, "", finding.found_at, float(limit_subjects), 1)
    if budget.share_of_trunk is not None and trunk and claim.trunk_calls is not None:
        limit = max(1.0, budget.share_of_trunk * claim.trunk_calls)
        if hour.trunks.get(trunk, 0) + 1 > limit:
            return Overrun(finding.detector, hour_start, trunk, finding.found_at, limit, 1)
    return None


_LATE = Words(
    f"仅报告：线索迟到超过 {RETAINED_HOURS} 小时，无法再计入当时的处置预算",
    f"report only: the finding came more than {RETAINED_HOURS} hours late, its hour's budget can no longer be counted",
)
_UNMEASURED = Words(
    "仅报告：规则限定了占中继呼叫的比例，而该中继的呼叫数未知",
    "report only: the rule is limited to a share of a trunk's calls, and how many this trunk had is not known",
)


def _report_only(finding: Finding, why: Words) -> Finding:
    return msgspec.structs.replace(
        finding,
        mode=Mode.SHADOW,
        reasons_zh=(*finding.reasons_zh, why.zh),
        reasons_en=(*finding.reasons_en, why.en),
    )
