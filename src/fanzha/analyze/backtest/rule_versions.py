"""The rules of a backtest: each rule of each file is a version; files with equal lists share one engine."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from string import ascii_uppercase

from fanzha.base.errors import UsageError
from fanzha.claims.fraud_type import FRAUD_TYPES
from fanzha.rules.check import CheckedFile, check
from fanzha.rules.parse import decoded, parse
from fanzha.rules.tree import Rule, WindowExpression, walk

MAX_VERSIONS = len(ascii_uppercase)


@dataclass(frozen=True)
class RuleVersion:
    """One rule of one file; `label` is its name, with a letter if several files hold a rule of that name."""

    label: str
    rule: Rule
    file: str

    @property
    def span(self) -> int:
        """The longest look-back of its windows in ms; until then the windows are not full."""
        rule = self.rule
        nodes = [node for part in (rule.when, rule.unless, rule.score) if part is not None for node in walk(part)]
        return max(
            (max(window.span, window.against) for window in nodes if isinstance(window, WindowExpression)), default=0
        )


@dataclass
class EngineGroup:
    """The versions (by index) that one engine runs, and the values of the lists they use."""

    lists: dict[str, tuple[str, ...]]
    versions: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class RuleVersions:
    """All versions in the order of the files, and their engine groups."""

    versions: tuple[RuleVersion, ...]
    groups: tuple[EngineGroup, ...]

    def pairs(self) -> list[tuple[int, int]]:
        """Return index pairs of versions to compare: the first of each name with every other."""
        by_name: dict[str, list[int]] = {}
        for index, version in enumerate(self.versions):
            by_name.setdefault(version.rule.name, []).append(index)
        return [(indices[0], other_index) for indices in by_name.values() for other_index in indices[1:]]


def load_rule_versions(
    files: Sequence[tuple[str, bytes]], operator_lists: Mapping[str, tuple[str, ...]]
) -> RuleVersions:
    """Check rule files, given as (name, data); raise RuleError with every mistake."""
    checked = [_check_file(name, data, operator_lists) for name, data in files]
    rules = [(rule, name) for (name, _), file in zip(files, checked, strict=True) for rule in file.rules]
    labels = _version_labels([rule.name for rule, _ in rules])
    versions = tuple(RuleVersion(label, *rule_and_file) for label, rule_and_file in zip(labels, rules, strict=True))
    groups: list[EngineGroup] = []
    first = 0
    for file in checked:
        lists = {**operator_lists, **file.lists}
        group = next((group for group in groups if _lists_agree(group.lists, lists)), None)
        if group is None:
            groups.append(group := EngineGroup({}))
        group.lists.update(lists)
        group.versions += range(first, first := first + len(file.rules))
    return RuleVersions(versions, tuple(groups))


def _check_file(name: str, data: bytes, operator_lists: Mapping[str, tuple[str, ...]]) -> CheckedFile:
    return check(parse(decoded(data, name=name), name=name), lists=operator_lists.keys(), fraud_types=FRAUD_TYPES)


def _lists_agree(first: Mapping[str, tuple[str, ...]], second: Mapping[str, tuple[str, ...]]) -> bool:
    return all(first.get(name, values) == values for name, values in second.items())


def _version_labels(names: Sequence[str]) -> list[str]:
    """Label each version; versions of one name get letters in order."""
    total, counters, labels = Counter(names), Counter[str](), []
    for name in names:
        if total[name] > MAX_VERSIONS:
            raise UsageError(f"{total[name]} files hold a rule {name}", fix=f"compare at most {MAX_VERSIONS}")
        labels.append(f"{name} {ascii_uppercase[counters[name]]}" if total[name] > 1 else name)
        counters[name] += 1
    return labels
