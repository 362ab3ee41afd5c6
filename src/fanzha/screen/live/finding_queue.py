"""Findings that are still to be told: explained when no call waits; how many wait is bounded."""

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

MOST = 1_000  # that wait with all that is needed to explain them
AT_ONCE = 4  # explained in one go: each takes a quarter of a millisecond, and calls wait
KEPT_MS = 10_000  # how long one that follows keeps findings, in case whom it follows ends before it told them

_UNEXPLAINED = Words(
    "命中过多，来不及列出依据。", "There were too many firings to write down the evidence of each in time."
)


class _One(NamedTuple):
    detector: RuleDetector
    firing: Firing
    subject: FiringSubject
    judged: Finding


class Untold:
    """A queue of them. Who follows tells nobody (`to` is None) and keeps the latest."""

    def __init__(self) -> None:
        self.to: Callable[[Finding], None] | None = None
        self.unexplained = 0
        self._waiting: deque[_One] = deque()

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, detector: RuleDetector, firing: Firing, subject: FiringSubject, judged: Finding) -> None:
        """Take one in; when too many wait, the oldest is told as it is."""
        self._waiting.append(_One(detector, firing, subject, judged))
        if len(self._waiting) > MOST:
            oldest = self._waiting.popleft()
            if self.to is not None:
                self.unexplained += 1
                self.to(_said(oldest.judged, _UNEXPLAINED))

    def tell_some(self, now: int) -> None:
        """Explain and tell a few, or forget those that whoever leads has told by now."""
        if self.to is None:
            while self._waiting and self._waiting[0].firing.came.moment < now - KEPT_MS:
                self._waiting.popleft()
            return
        for _ in range(min(AT_ONCE, len(self._waiting))):
            self.to(self._explained(self._waiting.popleft()))

    def tell_all(self) -> None:
        """Explain and tell all that wait."""
        while self.to is not None and self._waiting:
            self.to(self._explained(self._waiting.popleft()))

    def _explained(self, one: _One) -> Finding:
        full = build_finding(one.detector, one.firing.live, one.firing.fired, 0, one.subject)
        return msgspec.structs.replace(
            full,
            mode=one.judged.mode,
            reasons_zh=full.reasons_zh + one.judged.reasons_zh,
            reasons_en=full.reasons_en + one.judged.reasons_en,
        )


def brief(detector: RuleDetector, firing: Firing, subject: FiringSubject) -> Finding:
    """Return a firing as a finding that is not yet explained."""
    came = firing.came
    return build_bare_finding(
        detector,
        firing.rule,
        subject,
        found_at=came.moment,
        score=firing.score,
        event_id=came.event_id,
        simulated=came.simulated,
        basis=came.basis,
        ingress=(firing.text("ingress") or "") if "ingress" in FACTS[firing.rule.on.fact] else "",
    )


def _said(finding: Finding, why: Words) -> Finding:
    return msgspec.structs.replace(
        finding, reasons_zh=(*finding.reasons_zh, why.zh), reasons_en=(*finding.reasons_en, why.en)
    )
