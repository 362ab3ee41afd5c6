"""Find the organisation that runs a telephone number: by ported numbers, allocated ranges, the plan and settings."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Q

from fanzha.base.clock import to_ms
from fanzha.base.toml_file import read_toml_table
from fanzha.base.words import Words
from fanzha.command.organizations.models import Organization
from fanzha.command.web.roles import Kind
from fanzha.kinds.numbering.facts import classify
from fanzha.kinds.numbering.terms import OPERATOR_WORDS, NumberClass, Operator
from fanzha.store.state_folder import state_folder

if TYPE_CHECKING:
    from datetime import datetime

    from fanzha.kinds.phone_number import NumberingTables

#: How an owner was found: by `numbering_tables().carrier(…).source`.
SOURCE_WORDS = {
    "portability": Words("携号转网表", "table of ported numbers"),
    "allocation": Words("号段分配表", "table of allocated ranges"),
    "plan": Words("码号规划（可能已携转）", "numbering plan (the number may have been ported)"),
}
_PLAN = "plan"
_OPERATORS = (Kind.CARRIER, Kind.MVNO)
_NAMELESS = Words(
    "无法确定该号码归属哪家运营商，请先导入号段分配表，或在 [reports.owners] 中写明",
    "it is not known who runs this number: import the table of allocated ranges, or name the operator in "
    "[reports.owners]",
)


class _NumberRange(NamedTuple):
    """The range of a number in the tables: its operator, how that was found, and whether an MVNO sells the range."""

    operator: str
    source: str
    is_mvno: bool


def find_operator_organization(name: str) -> Organization | None:
    """Return the active organisation that `[reports.owners]` names for an operator, else the one that is called so."""
    if not name:
        return None
    names = [_owner_names().get(name, name)]
    if names == [name] and name in set(Operator):
        words = OPERATOR_WORDS[Operator(name)]
        names = [words.zh, words.en]
    named = Q(ref__in=names) | Q(name_zh__in=names) | Q(name_en__in=names)
    return Organization.objects.filter(named, is_active=True).order_by("pk").first()


def explain_foreign_numbers(owner: Organization, numbers: Sequence[str], at: "datetime") -> list[Words | None]:
    """Say for each canonical number why an organisation does not run it; None if it does.

    A carrier also runs the numbers of the MVNOs on its network, and an MVNO those ranges of its network that are for
    MVNOs. Where only the plan names the operator and the site knows no such organisation, the number counts as the
    owner's if no other operator takes part.
    """
    import numpy as np
    import pyarrow as pa

    from fanzha.kinds.phone_number import classify_many

    tables, moments = numbering_tables(), np.full(len(numbers), to_ms(at), np.int64)
    facts = tables.allocated_many(classify_many(pa.array(numbers, pa.string())), moments)
    found = tables.carriers(facts, moments)
    classes: list[Any] = facts["number_class"].to_pylist()
    rows = zip(found["operator"].to_pylist(), found["source"].to_pylist(), classes, strict=True)
    reasons: dict[_NumberRange, Words | None] = {}
    explained = []
    for operator, source, number_class in rows:
        stated = _NumberRange(operator or "", source or _PLAN, number_class == NumberClass.MVNO)
        if stated not in reasons:
            reasons[stated] = _explain(owner, stated)
        explained.append(reasons[stated])
    return explained


class NumberOwner(NamedTuple):
    """The organisation that runs a number, None if it is unknown or takes no part, and how that was found."""

    organization: Organization | None
    source: str


def find_number_owners(numbers: Sequence[str], at: "datetime") -> list[NumberOwner]:
    """Return who runs each canonical number at a moment. A number that only the plan names may have been ported."""
    if not numbers:
        return []
    import numpy as np
    import pyarrow as pa

    from fanzha.kinds.phone_number import classify_many

    tables, moments = numbering_tables(), np.full(len(numbers), to_ms(at), np.int64)
    facts = tables.allocated_many(classify_many(pa.array(numbers, pa.string())), moments)
    found = tables.carriers(facts, moments)
    operators = [operator or "" for operator in found["operator"].to_pylist()]
    organizations = {operator: find_operator_organization(operator) for operator in set(operators)}
    sources = [source or _PLAN for source in found["source"].to_pylist()]
    return [NumberOwner(organizations[operator], source) for operator, source in zip(operators, sources, strict=True)]


def runs_number(owner: Organization, number: str, at: "datetime") -> bool:
    """Return whether an organisation runs a canonical number at a moment, as above."""
    tables, moment = numbering_tables(), to_ms(at)
    facts = tables.allocated(classify(number), moment)
    carrier = tables.carrier(facts, moment)
    return _explain(owner, _NumberRange(carrier.operator, carrier.source, facts.mvno)) is None


def numbering_tables() -> "NumberingTables":
    """Return the loaded numbering tables; they are read again when a file has changed."""
    folder = state_folder() / "tables"
    return _load(folder, tuple(sorted((path.name, path.stat().st_mtime_ns) for path in folder.glob("*.*"))))


def _explain(owner: Organization, stated: _NumberRange) -> Words | None:
    named = find_operator_organization(stated.operator)
    if named is None:
        if stated.source == _PLAN or not stated.operator:
            return None if _is_only_operator(owner) else _NAMELESS
        return _explain_owner(Words(stated.operator, stated.operator), stated.source)
    is_hosted = stated.is_mvno and stated.source != "portability" and owner.host_id == named.pk
    if owner.pk in (named.pk, named.host_id) or is_hosted:
        return None
    return _explain_owner(Words(named.name_zh, named.name_en), stated.source)


def _explain_owner(name: Words, source: str) -> Words:
    table = SOURCE_WORDS[source]
    return Words(
        f"该号码归属{name.zh}（依据：{table.zh}），不属于本企业",
        f"this number is run by {name.en} ({table.en}), not by you",
    )


def _is_only_operator(owner: Organization) -> bool:
    """Return whether no other carrier or MVNO takes part than an organisation, its host and those on its network."""
    own = Q(pk=owner.pk) | Q(pk=owner.host_id) | Q(host=owner)
    return not Organization.objects.filter(kind__in=_OPERATORS, is_active=True).exclude(own).exists()


def _owner_names() -> dict[str, str]:
    names = read_toml_table(state_folder() / "fanzha.toml", "reports").get("owners", {})
    return {key: name for key, name in names.items() if isinstance(name, str)} if isinstance(names, dict) else {}


@lru_cache(maxsize=1)
def _load(folder: Path, versions: tuple[tuple[str, int], ...]) -> "NumberingTables":
    from fanzha.store.numbering_tables import load_numbering_tables  # reads Arrow, which pages do not need

    return load_numbering_tables(folder.parent)
