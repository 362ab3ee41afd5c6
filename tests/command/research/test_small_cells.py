"""No table, alone or with others, says anything about fewer than k. The attacker here solves for every cell himself."""

import time
from collections.abc import Sequence
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from fanzha.command.research.small_cells import (
    AuditTarget,
    AuditTimeout,
    PublishedSums,
    SumsAudit,
    isolates,
    join_component,
    join_tables,
    list_margins,
    margin_sums,
    operator_targets,
    withhold,
)

K = 10
OWNER = 1


def largest(counts: np.ndarray, sums: Sequence[np.ndarray], atom: int) -> float:
    """Return the largest value of an atom that agrees with the published sums, by plain linear programming."""
    matrix = np.zeros((len(sums), len(counts)))
    for place, part in enumerate(sums):
        matrix[place, part] = 1
    goal = np.zeros(len(counts))
    goal[atom] = -1
    answer = linprog(goal, A_eq=matrix, b_eq=matrix @ counts, bounds=(0, 1e6), method="highs")
    assert answer.status == 0
    return float(-answer.fun)


def table_sums(shape: tuple[int, ...]) -> list[np.ndarray]:
    """Return the cells of a table and all its totals."""
    cells = [np.array([cell]) for cell in range(int(np.prod(shape)))]
    return [*cells, *(part for kept in list_margins(len(shape)) for part in margin_sums(shape, kept))]


def publish(counts: np.ndarray, shape: tuple[int, ...]) -> tuple[list[np.ndarray], np.ndarray]:
    """Return the sums of a table and which may be published."""
    sums = table_sums(shape)
    blocked = np.array([counts[part].sum() < K for part in sums])
    targets = [AuditTarget(np.array([atom]), K, False) for atom in np.flatnonzero(counts < K)]
    return sums, withhold(counts, sums, targets, blocked, np.arange(len(sums)) >= len(counts))


def test_a_single_small_cell_takes_another_one_with_it_in_its_row_and_column() -> None:
    counts = np.array([50, 60, 3, 70, 80, 90, 40, 30, 20])
    sums, published = publish(counts, (3, 3))
    kept = [sums[place] for place in np.flatnonzero(published)]
    assert not published[2] and (~published[:9]).sum() >= 4 or not published[9:].all()
    assert largest(counts, kept, 2) >= K


def test_two_small_cells_whose_sum_is_small_are_no_shelter_for_each_other() -> None:
    counts = np.array([40, 2, 3, 60])
    sums, published = publish(counts, (4,))
    kept = [sums[place] for place in np.flatnonzero(published)]
    assert min(largest(counts, kept, 1), largest(counts, kept, 2)) >= K


def test_an_empty_cell_is_withheld_like_a_small_one() -> None:
    counts = np.array([40, 0, 30, 60])
    sums, published = publish(counts, (2, 2))
    kept = [sums[place] for place in np.flatnonzero(published)]
    assert not published[1] and largest(counts, kept, 1) >= K


@settings(deadline=None, max_examples=40)
@given(
    st.sampled_from([(4,), (3, 3), (2, 5), (2, 3, 2)]).flatmap(
        lambda shape: st.tuples(
            st.just(shape),
            st.lists(
                st.sampled_from([0, 1, 2, 7, 9, 10, 11, 30, 200]),
                min_size=int(np.prod(shape)),
                max_size=int(np.prod(shape)),
            ),
        )
    )
)
def test_no_cell_of_any_table_can_be_bounded_below_k(table: tuple[tuple[int, ...], list[int]]) -> None:
    shape, values = table
    counts = np.array(values)
    sums, published = publish(counts, shape)
    kept = [sums[place] for place in np.flatnonzero(published)]
    assert all(largest(counts, kept, atom) >= K - 1e-6 for atom in np.flatnonzero(counts < K).tolist())


def test_where_nothing_is_small_everything_is_published() -> None:
    _sums, published = publish(np.array([10, 20, 30, 40]), (2, 2))
    assert published.all()


def totals_of(subjects: range, *groups: Sequence[int]) -> PublishedSums:
    """Return a table that publishes the number of subjects in each group; what stands in none is not told apart."""
    atoms = np.zeros(len(subjects), np.int64)
    for number, group in enumerate(groups, start=1):
        atoms[np.isin(np.array(subjects), np.array(group))] = number
    inside = atoms > 0
    sums = [np.array([number]) for number in range(1, len(groups) + 1)]
    return PublishedSums(np.array(subjects)[inside], atoms[inside], sums)


def is_refused(new: PublishedSums, *earlier: PublishedSums, least: int = K) -> bool:
    """Return whether a new table is refused beside earlier ones: all that may be joined with it are audited."""
    chosen = [earlier[place] for place in join_component(new, earlier)]
    return isolates(new, chosen, np.full(len(new.subjects), OWNER), OWNER, least)


def test_two_periods_that_differ_by_few_subjects_are_refused() -> None:
    long, short = totals_of(range(100), range(100)), totals_of(range(100), range(95))
    assert is_refused(short, long) and is_refused(long, short)
    assert not is_refused(totals_of(range(100), range(80)), long)


def test_the_same_table_again_passes_and_with_one_subject_less_does_not() -> None:
    table = totals_of(range(100), range(50), range(50, 100))
    assert not is_refused(table, table)
    assert is_refused(totals_of(range(100), range(49), range(50, 100)), table)


def test_a_region_less_its_parts_that_leaves_few_is_refused() -> None:
    cities = totals_of(range(200), range(60), range(60, 195))  # the third city has 5 and was withheld
    province = totals_of(range(200), range(200))
    assert is_refused(province, cities)


def test_three_tables_that_only_together_isolate_few_are_refused() -> None:
    first, second = totals_of(range(100), range(50)), totals_of(range(100), range(50, 97))
    assert not is_refused(second, first)
    assert is_refused(totals_of(range(100), range(100)), first, second)


def test_tables_of_other_subjects_do_not_matter() -> None:
    assert not is_refused(totals_of(range(500, 600), range(500, 600)), totals_of(range(100), range(100)))


def test_overlapping_halves_that_leave_few_outside_are_found_by_inclusion_and_exclusion() -> None:
    whole = totals_of(range(100), range(100))
    left, right = totals_of(range(100), range(60)), totals_of(range(100), range(52, 100))
    assert is_refused(right, whole, left)  # 60 + 48 - 100 = 8 at least stand in both


def test_what_one_operator_alone_reports_stays_open() -> None:
    counts = np.array([40, 40, 40, 40])
    atoms = np.repeat(np.arange(4), 40)
    operators = np.tile(np.arange(4), 40)
    operators[:40] = 7  # the first cell is of one operator
    targets = operator_targets(atoms, operators, counts, K, OWNER)
    sums = table_sums((2, 2))
    blocked = np.array([part.tolist() == [0] for part in sums])
    published = withhold(counts, sums, targets, blocked, np.arange(len(sums)) >= len(counts))
    kept = [sums[place] for place in np.flatnonzero(published)]
    assert targets and SumsAudit(counts, kept, np.ones(len(kept), np.bool_)).find_exposing(targets[0]) is None
    assert not published[1] or not published[4] or not published[8]  # else it is the difference of a row


def test_where_the_owner_alone_reports_its_own_cells_are_no_secret_but_those_of_another_one_are() -> None:
    atoms, operators, counts = np.array([0, 1]), np.array([5, 5]), np.array([1, 1])
    assert operator_targets(atoms, operators, counts, K, owner=5) == []
    assert len(operator_targets(atoms, operators, counts, K, owner=6)) == 3


def test_a_chain_of_tables_is_audited_as_a_whole() -> None:
    first, long = totals_of(range(100), range(48)), totals_of(range(100), range(100))
    assert not is_refused(long, first)
    assert is_refused(totals_of(range(100), range(50, 100)), first, long)  # 100 - 48 - 50 = 2


def test_what_earlier_tables_expose_by_a_lower_threshold_is_not_laid_to_a_later_one() -> None:
    small = totals_of(range(100), range(20))
    assert not is_refused(totals_of(range(100), range(100)), small, least=50)


def test_an_audit_ends_at_its_deadline() -> None:
    sums = table_sums((2, 2))
    audit = SumsAudit(np.array([1, 20, 30, 40]), sums, np.ones(len(sums), np.bool_), deadline=0.0)
    with pytest.raises(AuditTimeout):
        audit.find_exposing(AuditTarget(np.array([0]), K, False))


def test_a_table_of_hundreds_of_cells_is_audited_in_seconds() -> None:
    counts = np.random.default_rng(3).multinomial(20_000, np.random.default_rng(4).dirichlet(np.full(680, 0.3)))
    begun = time.process_time()
    sums, published = publish(counts, (34, 20))
    assert published.sum() > 100 and time.process_time() - begun < 20


def test_joint_atoms_are_what_stands_in_the_same_cell_of_every_table() -> None:
    subjects, atoms, counts, sums = join_tables([totals_of(range(6), range(4)), totals_of(range(6), range(2, 6))])
    assert subjects.tolist() == [0, 1, 2, 3, 4, 5] and sorted(counts.tolist()) == [2, 2, 2]
    assert [counts[part].sum() for part in sums] == [4, 4] and len(set(atoms.tolist())) == 3


@pytest.mark.parametrize("shape", [(2, 3), (2, 3, 2)], ids=["two", "three"])
def test_totals_are_over_all_other_dimensions(shape: tuple[int, ...]) -> None:
    cells = np.arange(int(np.prod(shape))).reshape(shape)
    for kept in list_margins(len(shape)):
        parts = margin_sums(shape, kept)
        for number, key in enumerate(product(*(range(shape[place]) for place in kept))):
            chosen = [key[kept.index(place)] if place in kept else slice(None) for place in range(len(shape))]
            assert sorted(parts[number].tolist()) == sorted(np.ravel(cells[tuple(chosen)]).tolist())
