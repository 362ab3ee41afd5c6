"""Open detectors for one run: all that are rule texts share one session, so that a window is computed once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fanzha.detect._detector import Detector, Session
from fanzha.detect._rule_detector import RuleDetector

if TYPE_CHECKING:
    from fanzha.detect._rules.governance import Governance

RULES = "rules"  # the name of the shared session


@dataclass(frozen=True)
class Opened:
    """A session and the event tables it reads."""

    reads: tuple[str, ...]
    session: Session


def open_together(
    detectors: Mapping[str, Detector], saved: Mapping[str, bytes], governance: "Governance | None" = None
) -> dict[str, Opened]:
    """Return the sessions by name, gone on with from the states that were saved under these names."""
    rules = [one for one in detectors.values() if isinstance(one, RuleDetector)]
    opened = {
        name: Opened(one.reads, one.open(saved.get(name, b"")))
        for name, one in detectors.items()
        if not isinstance(one, RuleDetector)
    }
    if rules:
        from fanzha.detect._rules.session import RuleSession  # numba compiles only when rules are run

        session = RuleSession(rules, saved.get(RULES, b""), governance)
        opened[RULES] = Opened(session.tables, session)
    return opened
