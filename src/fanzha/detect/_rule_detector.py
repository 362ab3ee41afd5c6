"""A detector whose grounds are a rule text: the text decides, everything around it is the same for all of them."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import ClassVar

from fanzha.base.words import Words
from fanzha.claims import Mode
from fanzha.claims.fraud_type import TO_WARN
from fanzha.claims.rule_lifecycle import RuleStep
from fanzha.detect._detector import Detector, Session
from fanzha.events import CALL_FACTS
from fanzha.rules import check, parse
from fanzha.rules.tree import Rule, RuleFile, Window, walk

PUBLIC = Words(
    "该号码或线路近期的通信行为与诈骗活动相似，正在核查。如有异议，可申诉复核。",
    "The recent traffic of this number or line looks like that of fraud and is being checked. You can appeal.",
)

#: One thing to do, no number and no link (they are what a fraudster's text has), and no fear for its own sake.
WARNING = Words(
    "与您通话或给您发信息的人可能并非其自称的身份。请先挂断，再亲自向家人、银行或反诈中心核实；您没有做错任何事。",
    "Whoever calls or writes to you may not be who he says. Please hang up first, then ask your family, your bank or "
    "the anti-fraud centre yourself. You have done nothing wrong.",
)


class RuleDetector(Detector):
    """Claims what its rules say; name, title, version and law stand in the first of them."""

    text: ClassVar[str]
    mode: ClassVar[Mode] = Mode.LIVE  # when its windows have seen their whole spans
    step: ClassVar[RuleStep | None] = None  # of an operator's rule: where it stands in its life, instead of a mode
    lists: ClassVar[Mapping[str, Sequence[str]]] = {}  # beside those of the text
    public: ClassVar[Words] = PUBLIC
    file: ClassVar[RuleFile]

    def __init_subclass__(cls) -> None:
        """Read the text: a detector whose rule cannot be parsed does not load."""
        cls.file = parse(cls.text, name=cls.__module__)
        first = cls.file.rules[0]
        cls.name, cls.title = first.name.replace("_", "-"), first.title
        cls.version = str(max(rule.version for rule in cls.file.rules))
        cls.law = tuple(dict.fromkeys(rule.law for rule in cls.file.rules if rule.law))
        cls.reads = tuple(sorted({table for rule in cls.file.rules for table in _tables(rule)}))

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules, checked and expanded."""
        return _checked(type(self))

    def told_to(self, rule: Rule) -> Words:
        """Return what the person whom a rule finds is told: a victim is warned, anybody else told of the check."""
        return WARNING if rule.fraud_type in TO_WARN else self.public

    def open(self, saved: bytes = b"") -> Session:
        """Start a session of this detector alone; `open_together` runs many over one state."""
        from fanzha.detect._rules.session import RuleSession  # numba compiles only when rules are run

        return RuleSession((self,), saved)


def own_rule(text: str, step: RuleStep, lists: Mapping[str, Sequence[str]]) -> RuleDetector:
    """Return an operator's rule text as a detector; RuleError when it cannot be read."""
    first = parse(text).rules[0]
    tells = Words(
        f"运营者的规则：{first.title.zh or first.name}", f"the operator's rule: {first.title.en or first.name}"
    )
    known = {"text": text, "step": step, "lists": lists, "tells": tells, "examples": (), "__module__": first.name}
    made: RuleDetector = type("OwnRule", (RuleDetector,), known)()
    return made


@cache
def _checked(detector: type[RuleDetector]) -> tuple[Rule, ...]:
    return check(detector.file, lists=detector.lists).rules


def _tables(rule: Rule) -> set[str]:
    """Return the event tables of a rule; the facts of a call come together."""
    nodes = [rule.when, rule.score, *(node for _, node in rule.lets), *([rule.unless] if rule.unless else [])]
    found = {rule.on.fact, *(part.source for node in nodes for part in walk(node) if isinstance(part, Window))}
    return found | set(CALL_FACTS) if found & set(CALL_FACTS) else found
