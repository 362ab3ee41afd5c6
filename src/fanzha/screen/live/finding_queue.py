"""Pending findings, explained while no call waits; the queue is bounded."""

from collections import deque
from collections.abc import Callable
from typing import NamedTuple

import msgspec

from fanzha.base.words import Words
from fanzha.claims import Finding
from fanzha.detect import RuleDetector
from fanzha.detect.rules.explain import build_bare_finding, build_finding
from fanzha.detect.rules.firings import FiringSubject
from fanzha.rules.catalog import FACTS
from fanzha.rules.live import Firing

MAX_PENDING = 1_000  # pending findings with the data to explain them
BATCH_SIZE = 4  # explained at once; each takes 0.25 ms while calls wait
RETENTION_MS = 10_000  # how long a standby keeps findings that a failing leader may not have delivered

_UNEXPLAINED = Words(
    "命中过多，来不及列出依据。", "There were too many firings to write down the evidence of each in time."
)


class _PendingFinding(NamedTuple):
    detector: RuleDetector
    firing: Firing
    subject: FiringSubject
    judged: Finding


class FindingQueue:
    """A queue of findings. A standby has no `sink` and keeps only the latest findings."""

    def __init__(self) -> None:
        self.sink: Callable[[Finding], None] | None = None
        self.unexplained = 0
        self._waiting: deque[_PendingFinding] = deque()

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, detector: RuleDetector, firing: Firing, subject: FiringSubject, judged: Finding) -> None:
        """Queue a finding; on overflow deliver the oldest without explanation."""
        self._waiting.append(_PendingFinding(detector, firing, subject, judged))
        if len(self._waiting) > MAX_PENDING:
            oldest = self._waiting.popleft()
            if self.sink is not None:
                self.unexplained += 1
                self.sink(_add_reason(oldest.judged, _UNEXPLAINED))

    def deliver_some(self, now: int) -> None:
        """Explain and deliver a few findings; without a sink drop those that the leader has delivered by now."""
        if self.sink is None:
            while self._waiting and self._waiting[0].firing.received.moment < now - RETENTION_MS:
                self._waiting.popleft()
            return
        for _ in range(min(BATCH_SIZE, len(self._waiting))):
            self.sink(self._explain(self._waiting.popleft()))

    def deliver_all(self) -> None:
        """Explain and deliver all findings."""
        while self.sink is not None and self._waiting:
            self.sink(self._explain(self._waiting.popleft()))

    def _explain(self, pending: _PendingFinding) -> Finding:
        finding = build_finding(pending.detector, pending.firing.live, pending.firing.fired, 0, pending.subject)
        return msgspec.structs.replace(
            finding,
            mode=pending.judged.mode,
            windows_full=pending.judged.windows_full,
            reasons_zh=finding.reasons_zh + pending.judged.reasons_zh,
            reasons_en=finding.reasons_en + pending.judged.reasons_en,
        )


def make_finding(detector: RuleDetector, firing: Firing, subject: FiringSubject) -> Finding:
    """Return a firing as a finding without explanation."""
    fact = firing.received
    return build_bare_finding(
        detector,
        firing.rule,
        subject,
        found_at=fact.moment,
        score=firing.score,
        event_id=fact.event_id,
        simulated=fact.simulated,
        basis=fact.basis,
        ingress=(firing.text("ingress") or "") if "ingress" in FACTS[firing.rule.on.fact] else "",
    )


def _add_reason(finding: Finding, why: Words) -> Finding:
    return msgspec.structs.replace(
        finding, reasons_zh=(*finding.reasons_zh, why.zh), reasons_en=(*finding.reasons_en, why.en)
    )
