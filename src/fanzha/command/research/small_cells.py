"""Decide which cells of a table may leave so that nothing about fewer than k subjects follows from what is published.

Every published number is a sum over atoms: the smallest groups that the tables distinguish. A reader of the tables
knows these sums and that no group is negative, nothing else. An atom below k is protected if the sums allow it to
have k subjects or more: the largest value that linear programming finds for it is at least k. The same holds then
for every group of atoms that contains it. A group that only one or two operators reported is protected if its
possible values span k or more. (Complementary cell suppression with an audit by linear programming: Fischetti and
Salazar 2001; Hundepool et al., Statistical Disclosure Control, 2012.)
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]
    Bools = NDArray[np.bool_]

#: Sums over fewer operators than this are withheld where several report.
LEAST_OPERATORS = 3
_NEAR = 1e-6
#: Weight of other atoms beside the one that is looked at, so that a solution raises both.
_WITNESS = 0.1


class PublishedSums(NamedTuple):
    """What a table publishes: `subjects` (ascending) with their atoms, and each sum as the atoms that it is over."""

    subjects: Integers
    atoms: Integers
    sums: list[Integers]


class AuditTarget(NamedTuple):
    """Atoms whose total must stay open: able to reach `least`, or, if `by_width`, open by `least` or more."""

    atoms: Integers
    least: int
    by_width: bool


class Bound(NamedTuple):
    """The highest or lowest total of a target, the sums that bound it, and a solution: a value for each atom."""

    total: float
    sums: Integers
    solution: Floats


def list_margins(dimensions: int) -> list[tuple[int, ...]]:
    """Return the dimensions of each total of a table: those over one dimension, and the grand total."""
    if not dimensions:
        return []
    singles = combinations(range(dimensions), 1) if dimensions > 1 else ()
    return [*singles, ()]


def margin_sums(shape: Sequence[int], kept: Sequence[int]) -> list[Integers]:
    """Return the cells (numbers in row-major order) of each total over all dimensions but `kept`."""
    cells = np.arange(int(np.prod(shape, dtype=np.int64))).reshape(shape)
    moved = np.moveaxis(cells, list(kept), range(len(kept)))
    size = int(np.prod([shape[place] for place in kept], dtype=np.int64))
    return [row.astype(np.int64) for row in moved.reshape(size, -1)]


class AuditTimeout(Exception):
    """An audit took longer than it may."""


def withhold(
    counts: Integers,
    sums: Sequence[Integers],
    targets: Sequence[AuditTarget],
    blocked: Bools,
    is_total: Bools,
    deadline: float = np.inf,
) -> Bools:
    """Return which sums may be published: none that is `blocked`, and none that would expose a target.

    `counts` are those of the atoms. Where a target is exposed, the smallest of the sums that expose it is withheld, one
    that `is_total` before one of a single cell. Raise AuditTimeout at the deadline (`time.monotonic`).
    """
    published = ~blocked
    ranks = [(not is_total[place], int(counts[atoms].sum()), place) for place, atoms in enumerate(sums)]
    audit = SumsAudit(counts, sums, published, deadline)
    for target in targets:
        while (exposing := audit.find_exposing(target)) is not None:
            published[min(exposing, key=ranks.__getitem__)] = False
            audit.publish(published)
    return published


class SumsAudit:
    """What follows from published sums over atoms.

    A sum over a single atom reveals it and is subtracted from the others; atoms with the same remaining sums are one
    group. Solutions are kept: an atom that one of them shows to be protected stays protected with fewer sums.
    """

    def __init__(self, counts: Integers, sums: Sequence[Integers], published: Bools, deadline: float = np.inf) -> None:
        self._counts, self._sums, self._deadline = counts, sums, deadline
        self._highest, self._random = np.zeros(len(counts)), np.random.default_rng(1)
        self._keys = np.random.default_rng(0).integers(1, 1 << 63, len(sums)).astype(np.uint64)
        self.publish(published)

    def publish(self, published: Bools) -> None:
        """Take these sums as published, the former ones or fewer."""
        from scipy.sparse import csr_array

        places: list[int] = np.flatnonzero(published).tolist()
        self._single = {int(self._sums[place][0]): place for place in places if len(self._sums[place]) == 1}
        self._rows = np.array([place for place in places if len(self._sums[place]) > 1], np.int64)
        known: Bools = np.zeros(len(self._counts), np.bool_)
        known[list(self._single)] = True
        parts = [self._sums[place] for place in self._rows.tolist()]
        marks = np.zeros(len(known), np.uint64)  # atoms in the same sums have the same mark
        for place, part in zip(self._rows.tolist(), parts, strict=True):
            marks[part] += self._keys[place]
        inside = np.concatenate(parts) if parts else np.empty(0, np.int64)
        ends = np.cumsum([0, *(len(part) for part in parts)])
        matrix = csr_array((np.ones(len(inside)), inside, ends), shape=(len(parts), len(known)))
        self._known, self._totals = known, matrix @ np.where(known, 0, self._counts)
        self._groups = np.full(len(known), -1, np.int64)
        unknown = np.flatnonzero(~known)
        found, firsts, groups = np.unique(marks[unknown], return_index=True, return_inverse=True)
        self._groups[unknown] = groups.reshape(-1)
        self._involved: Bools = found != 0
        self._matrix = matrix[:, unknown[firsts[self._involved]]]

    def find_exposing(self, target: AuditTarget) -> list[int] | None:
        """Return the places of the sums that expose a target, None if it is protected. Raise AuditTimeout."""
        if time.monotonic() > self._deadline:
            raise AuditTimeout
        known = target.atoms[self._known[target.atoms]]
        if len(known) == len(target.atoms):
            return [self._single[int(atom)] for atom in known]
        if not target.by_width and (self._highest[target.atoms] >= target.least - _NEAR).any():
            return None
        if not target.by_width and self._find_witness(target):
            return None
        high = self._bound(target.atoms, highest=True)
        np.maximum(self._highest, high.solution, out=self._highest)
        if not target.by_width:
            return None if high.total >= target.least - _NEAR else self._bounding(high.sums, known)
        low = self._bound(target.atoms, highest=False)
        if high.total - low.total >= target.least - _NEAR:
            return None
        return self._bounding(np.union1d(high.sums, low.sums), known)

    def _find_witness(self, target: AuditTarget) -> bool:
        """Return whether a solution shows a target to be protected; it raises others that are not yet, too.

        One solution protects dozens of atoms, so that few of them need one of their own.
        """
        if not self._involved.any():
            return False
        open_groups = self._groups[(self._highest < target.least) & (self._groups >= 0)]
        costs = np.zeros(len(self._involved))
        costs[open_groups] = -_WITNESS * self._random.random(len(open_groups))
        costs[self._groups[target.atoms]] = -1.0
        solution, _marginals = self._solve(costs)
        np.maximum(self._highest, solution, out=self._highest)
        return bool((self._highest[target.atoms] >= target.least - _NEAR).any())

    def _solve(self, costs: Floats) -> tuple[Floats, Floats]:
        """Return the counts of all atoms, a group's count standing at each member, and the price of each sum."""
        from scipy.optimize import linprog

        answer: Any = linprog(
            costs[self._involved], A_eq=self._matrix, b_eq=self._totals, bounds=(0, None), method="highs"
        )
        if answer.status != 0:
            raise ArithmeticError(f"the audit of a table found no answer: {answer.message}")
        values = np.zeros(len(self._involved))
        values[self._involved] = answer.x
        return np.where(self._known, self._counts, values[self._groups]), answer.eqlin.marginals

    def _bound(self, atoms: Integers, *, highest: bool) -> Bound:
        """Return the bound of the total of some atoms that agrees with all sums."""
        unknown = atoms[~self._known[atoms]]
        constant = float(self._counts[atoms[self._known[atoms]]].sum())
        involved = self._involved
        groups, members = np.unique(self._groups[unknown], return_counts=True)
        if highest and not involved[groups].all():
            return Bound(np.inf, np.empty(0, np.int64), np.zeros(len(self._counts)))
        whole = members == np.bincount(self._groups[~self._known], minlength=len(involved))[groups]
        if not involved.any():
            return Bound(constant, np.empty(0, np.int64), np.zeros(len(self._counts)))
        costs = np.zeros(len(involved))
        costs[groups if highest else groups[whole]] = -1.0 if highest else 1.0  # else the rest of the group has it all
        solution, marginals = self._solve(costs)
        total = constant + sum(float(solution[self._groups == group][0]) for group in np.flatnonzero(costs))
        return Bound(total, self._rows[np.abs(marginals) > _NEAR], solution)

    def _bounding(self, rows: Integers, known: Integers) -> list[int]:
        """Return the sums that bound something: totals, and the cells that were taken out of them."""
        within = {int(atom) for row in rows for atom in self._sums[row]} | {int(atom) for atom in known}
        return [*map(int, rows), *(place for atom, place in self._single.items() if atom in within)]


def join_tables(tables: Sequence[PublishedSums]) -> tuple[Integers, Integers, Integers, list[Integers]]:
    """Return subjects, their joint atoms, the counts of these, and all sums over joint atoms.

    A joint atom is a group of subjects that are in the same atom of every table, or in none of it.
    """
    subjects = np.unique(np.concatenate([table.subjects for table in tables]))
    codes = np.full((len(tables), len(subjects)), -1, np.int64)
    for place, table in enumerate(tables):
        codes[place, np.searchsorted(subjects, table.subjects)] = table.atoms
    joint, atoms, counts = np.unique(codes, axis=1, return_inverse=True, return_counts=True)
    sums = [
        np.flatnonzero(np.isin(joint[place], part)).astype(np.int64)
        for place, table in enumerate(tables)
        for part in table.sums
    ]
    return subjects, atoms.reshape(-1).astype(np.int64), counts.astype(np.int64), sums


def join_component(new: PublishedSums, earlier: Sequence[PublishedSums]) -> list[int]:
    """Return the places of the earlier tables that share subjects with the new one, or with others that do."""
    reached, found = new.subjects, set[int]()
    while True:
        joined = [
            place
            for place, table in enumerate(earlier)
            if place not in found and np.isin(table.subjects, reached, assume_unique=True).any()
        ]
        if not joined:
            return sorted(found)
        found.update(joined)
        reached = np.unique(np.concatenate([reached, *(earlier[place].subjects for place in joined)]))


def isolates(
    new: PublishedSums,
    earlier: Sequence[PublishedSums],
    operators: Integers,
    owner: int,
    least: int,
    deadline: float = np.inf,
) -> bool:
    """Return whether a new table together with earlier ones exposes what these do not expose without it.

    `operators` are those of the new table's subjects. Raise AuditTimeout at the deadline (`time.monotonic`).
    """
    tables = [new, *earlier]
    subjects, atoms, counts, sums = join_tables(tables)
    is_new = np.arange(len(sums)) < len(new.sums)
    is_empty = np.array([not len(part) for part in sums], np.bool_)
    if is_empty.all():
        return False
    targets = [AuditTarget(np.array([atom]), least, False) for atom in np.flatnonzero(counts < least)]
    of_new = np.searchsorted(subjects, new.subjects)
    targets += operator_targets(atoms[of_new], operators, counts, least, owner)
    audit = SumsAudit(counts, sums, ~is_empty, deadline)
    before = SumsAudit(counts, sums, ~is_empty & ~is_new, deadline)
    return any(audit.find_exposing(target) is not None and before.find_exposing(target) is None for target in targets)


def operator_targets(
    atoms: Integers, operators: Integers, counts: Integers, least: int, owner: int
) -> list[AuditTarget]:
    """Return the targets for atoms of few operators: each atom, and all atoms of one operator alone together.

    There are none where the owner of the table alone reports: its own cells are no secret of others.
    """
    if are_own(operators, owner):
        return []
    pairs = np.unique(np.column_stack([atoms, operators]), axis=0)
    numbers, reporting = np.unique(pairs[:, 0], return_counts=True)
    few = numbers[(reporting < LEAST_OPERATORS) & (counts[numbers] > 0)]
    alone = numbers[reporting == 1]
    targets = [AuditTarget(np.array([atom]), least, True) for atom in few]
    for operator in np.unique(operators):
        own = alone[np.isin(alone, pairs[pairs[:, 1] == operator, 0])]
        targets += [AuditTarget(own, least, True)] if len(own) > 1 else []
    return targets


def are_own(operators: Integers, owner: int) -> bool:
    """Return whether the owner of the table is the only reporter."""
    return bool((operators == owner).all())
