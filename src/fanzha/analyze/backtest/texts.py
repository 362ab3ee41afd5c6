"""The rule texts of a backtest: each rule of each file is a version; files whose lists agree share one engine."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from string import ascii_uppercase

from fanzha.base.errors import WrongCall
from fanzha.claims.fraud_type import FRAUD_TYPES
from fanzha.rules.check import CheckedFile, check
from fanzha.rules.parse import decoded, parse
from fanzha.rules.tree import Rule, Window, walk

MOST_VERSIONS = len(ascii_uppercase)


@dataclass(frozen=True)
class Version:
    """One rule of one file; `label` is its name, with a letter where several files hold a rule of that name."""

    label: str
    rule: Rule
    file: str

    @property
    def span(self) -> int:
        """The longest stretch that its windows look back, in ms: before that has passed they are not full."""
        rule = self.rule
        nodes = [node for part in (rule.when, rule.unless, rule.score) if part is not None for node in walk(part)]
        return max((max(one.span, one.against) for one in nodes if isinstance(one, Window)), default=0)


@dataclass
class Group:
    """Versions (by their place) that one engine runs, and the values of the lists they name."""

    lists: dict[str, tuple[str, ...]]
    versions: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Texts:
    """All versions, in the order of the files, and how they are run."""

    versions: tuple[Version, ...]
    groups: tuple[Group, ...]

    def pairs(self) -> list[tuple[int, int]]:
        """Return the versions to compare, by their places: of each name the first with every other."""
        by_name: dict[str, list[int]] = {}
        for place, version in enumerate(self.versions):
            by_name.setdefault(version.rule.name, []).append(place)
        return [(places[0], other) for places in by_name.values() for other in places[1:]]


def texts(files: Sequence[tuple[str, bytes]], own: Mapping[str, tuple[str, ...]]) -> Texts:
    """Check rule files, given with their names; `own` are the operator's lists. RuleError tells every mistake."""
    checked = [_checked(name, data, own) for name, data in files]
    rules = [(rule, name) for (name, _), file in zip(files, checked, strict=True) for rule in file.rules]
    labels = _labels([rule.name for rule, _ in rules])
    versions = tuple(Version(label, *one) for label, one in zip(labels, rules, strict=True))
    groups: list[Group] = []
    first = 0
    for file in checked:
        lists = {**own, **file.lists}
        group = next((group for group in groups if _agree(group.lists, lists)), None)
        if group is None:
            groups.append(group := Group({}))
        group.lists.update(lists)
        group.versions += range(first, first := first + len(file.rules))
    return Texts(versions, tuple(groups))


def _checked(name: str, data: bytes, own: Mapping[str, tuple[str, ...]]) -> CheckedFile:
    return check(parse(decoded(data, name=name), name=name), lists=own.keys(), fraud_types=FRAUD_TYPES)


def _agree(one: Mapping[str, tuple[str, ...]], other: Mapping[str, tuple[str, ...]]) -> bool:
    return all(one.get(name, values) == values for name, values in other.items())


def _labels(names: Sequence[str]) -> list[str]:
    """Name each version; those of one name get letters in their order."""
    total, seen, labels = Counter(names), Counter[str](), []
    for name in names:
        if total[name] > MOST_VERSIONS:
            raise WrongCall(f"{total[name]} files hold a rule {name}", fix=f"compare at most {MOST_VERSIONS}")
        labels.append(f"{name} {ascii_uppercase[seen[name]]}" if total[name] > 1 else name)
        seen[name] += 1
    return labels
