"""Detectors written as rule text, and the session that all of them share."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, ClassVar

from fanzha.base.words import Words
from fanzha.claims import Mode
from fanzha.claims.fraud_type import FRAUD_TYPES, TO_WARN
from fanzha.claims.rule_lifecycle import RuleStep
from fanzha.detect._detector import Detector, Session
from fanzha.events import CALL_FACTS
from fanzha.rules import RuleError, check, parse
from fanzha.rules.tree import Rule, RuleFile, source_tables

if TYPE_CHECKING:
    from fanzha.detect.rules.governance import Governance
    from fanzha.rules.history import HistoryStore

PUBLIC = Words(
    "该号码或线路近期的通信行为与诈骗活动相似，正在核查。如有异议，可申诉复核。",
    "The recent traffic of this number or line looks like that of fraud and is being checked. You can appeal.",
)

#: Asks for one action, calmly, without numbers or links, which would make it look like a fraud text.
WARNING = Words(
    "与您通话或给您发信息的人可能并非其自称的身份。请先挂断，再亲自向家人、银行或反诈中心核实；您没有做错任何事。",
    "Whoever calls or writes to you may not be who he says. Please hang up first, then ask your family, your bank or "
    "the anti-fraud centre yourself. You have done nothing wrong.",
)


class RuleDetector(Detector):
    """A detector defined by rule text.

    A subclass sets `text`, `tells` and `examples`, and its module defines an instance named `DETECTOR`. Name, title,
    version, law and the tables read come from the text: name and title are those of its first rule. The subject of a
    finding, its fraud type, score and cooldown are those of the rule that fires; reasons and evidence are generated.
    """

    text: ClassVar[str]
    mode: ClassVar[Mode] = Mode.SHADOW  # LIVE: findings are live once the windows cover their whole spans
    step: ClassVar[RuleStep | None] = None  # life-cycle step of an operator's rule; replaces `mode`
    lists: ClassVar[Mapping[str, Sequence[str]]] = {}  # named lists in addition to those in the text
    public: ClassVar[Words] = PUBLIC  # notice to the person concerned
    file: ClassVar[RuleFile]  # `text`, parsed

    def __init_subclass__(cls) -> None:
        """Parse the text; RuleError if it is malformed."""
        with _locate_errors(cls):
            cls.file = parse(cls.text, name=cls.__module__)
        first = cls.file.rules[0]
        cls.name, cls.title = first.name.replace("_", "-"), first.title
        cls.version = str(max(rule.version for rule in cls.file.rules))
        cls.law = tuple(dict.fromkeys(rule.law for rule in cls.file.rules if rule.law))
        cls.reads = tuple(sorted({table for rule in cls.file.rules for table in _event_tables(rule)}))

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules, type-checked and with lists expanded."""
        return _check_rules(type(self))

    def public_words(self, rule: Rule) -> Words:
        """Return the notice to the person concerned: a warning for victims, else that a check is under way."""
        return WARNING if rule.fraud_type in TO_WARN else self.public

    def open(self, saved: bytes = b"") -> Session:
        """Start a session of this detector alone; `open_sessions` runs many over shared windows."""
        from fanzha.detect.rules.session import RuleSession  # imported late: it loads numba

        return RuleSession((self,), saved)


def operator_rule(text: str, step: RuleStep, lists: Mapping[str, Sequence[str]]) -> RuleDetector:
    """Return a detector for an operator's rule text; RuleError if the text is malformed."""
    first = parse(text).rules[0]
    tells = Words(
        f"运营者的规则：{first.title.zh or first.name}", f"The operator's rule: {first.title.en or first.name}"
    )
    namespace = {"text": text, "step": step, "lists": lists, "tells": tells, "examples": (), "__module__": first.name}
    detector: RuleDetector = type("OwnRule", (RuleDetector,), namespace)()
    return detector


RULES = "rules"  # name of the shared session


@dataclass(frozen=True)
class OpenSession:
    """A session and the event tables it reads."""

    reads: tuple[str, ...]
    session: Session


def open_sessions(
    detectors: Mapping[str, Detector],
    saved: Mapping[str, bytes],
    governance: "Governance | None" = None,
    store: "HistoryStore | None" = None,
) -> dict[str, OpenSession]:
    """Return the sessions by name, resumed from the states saved under these names.

    All rule detectors share one session, so that each window is computed once. With a store it stores all events and
    yields its findings at the end.
    """
    rule_detectors = [detector for detector in detectors.values() if isinstance(detector, RuleDetector)]
    sessions = {
        name: OpenSession(detector.reads, detector.open(saved.get(name, b"")))
        for name, detector in detectors.items()
        if not isinstance(detector, RuleDetector)
    }
    if rule_detectors:
        from fanzha.detect.rules.session import RuleSession  # imported late: it loads numba

        session = RuleSession(rule_detectors, saved.get(RULES, b""), governance, store)
        sessions[RULES] = OpenSession(session.tables, session)
    return sessions


@cache
def _check_rules(detector: type[RuleDetector]) -> tuple[Rule, ...]:
    fraud_types = FRAUD_TYPES if detector.step is None else None  # those of an operator's rule are checked when added
    with _locate_errors(detector):
        return check(detector.file, lists=detector.lists, fraud_types=fraud_types).rules


@contextmanager
def _locate_errors(detector: type[RuleDetector]) -> Iterator[None]:
    """Make a RuleError name the Python file of the detector, unless the rule is an operator's."""
    try:
        yield
    except RuleError as error:
        file = getattr(sys.modules.get(detector.__module__), "__file__", None)
        if detector.step is not None or file is None:
            raise
        raise RuleError(error.mistakes, name=file, attribute="text") from None


def _event_tables(rule: Rule) -> set[str]:
    """Return the event tables of a rule; one call table brings in the others."""
    tables = set(source_tables(rule))
    return tables | set(CALL_FACTS) if tables & set(CALL_FACTS) else tables
