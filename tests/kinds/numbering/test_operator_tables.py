"""What an operator loads stands above the shipped plan, for as long as an entry holds."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.kinds.numbering.allocation import operator_code
from fanzha.kinds.numbering.columns import SCHEMA, classify_many
from fanzha.kinds.numbering.facts import classify
from fanzha.kinds.numbering.operator_tables import (
    ALLOCATION_SCHEMA,
    PORTABILITY_SCHEMA,
    Allocation,
    Carrier,
    NumberingTables,
    Portability,
)
from fanzha.kinds.numbering.terms import NumberClass, NumberReason, Operator, Validity

PORTED = pa.Table.from_pylist(
    [
        {"number": "+8619100000001", "operator": "中国移动", "valid_from": 100, "valid_until": 200},
        {"number": "+8619100000001", "operator": "China Unicom", "valid_from": 200, "valid_until": None},
        {"number": "+8619100000002", "operator": "A small operator", "valid_from": None, "valid_until": 150},
    ],
    schema=PORTABILITY_SCHEMA,
)
RANGES = pa.Table.from_pylist(
    [
        {"prefix": "194", "operator": "电信", "valid_from": 0},
        {
            "prefix": "194000",
            "operator": "联通",
            "province": "海南",
            "city": "三亚",
            "valid_from": 0,
            "valid_until": 100,
        },
        {"prefix": "1064500", "operator": "移动", "number_class": "iot"},
    ],
    schema=ALLOCATION_SCHEMA,
)
TABLES = NumberingTables(Portability(PORTED), Allocation(RANGES))


def test_a_ported_number_is_carried_by_whom_the_entry_of_the_moment_names() -> None:
    facts = classify("19100000001")
    assert TABLES.carrier(facts, 99) == Carrier("china_telecom", "plan")
    assert TABLES.carrier(facts, 100) == Carrier("china_mobile", "portability")
    assert TABLES.carrier(facts, 200) == Carrier("china_unicom", "portability")


def test_an_operator_that_is_not_known_keeps_its_name() -> None:
    assert TABLES.carrier(classify("+8619100000002"), 0).operator == "A small operator"
    assert operator_code(" 联通 ") == "china_unicom"


def test_a_range_that_the_plan_does_not_know_becomes_valid_by_being_allocated() -> None:
    before = classify("19400001234")
    assert before.valid is Validity.NO
    after = TABLES.allocated(before, 50)
    assert (after.number_class, after.valid, after.reason) == (NumberClass.MOBILE, Validity.YES, NumberReason.ALLOCATED)
    assert (after.e164, after.operator, after.city) == ("+8619400001234", Operator.CHINA_UNICOM, "三亚")


def test_the_longest_prefix_counts_while_it_holds() -> None:
    facts = classify("19400001234")
    assert TABLES.carrier(facts, 99) == Carrier("china_unicom", "allocation")
    assert TABLES.carrier(facts, 100) == Carrier("china_telecom", "allocation")


def test_an_allocation_leaves_other_numbers_alone() -> None:
    for written in ("13800138000", "110", "+85219400001", "not a number"):
        assert TABLES.allocated(classify(written), 50) == classify(written)


def test_columns_carry_what_the_single_path_carries() -> None:
    written = ["19100000001", "+8619100000002", "19400001234", "110", "+44 20 7946 0000", None]
    moments = np.array([150, 50, 99, 0, 0, 0], np.int64)
    batch = TABLES.carriers(classify_many(pa.array(written)), moments)
    single = [TABLES.carrier(classify(raw), int(at)) for raw, at in zip(written, moments, strict=True) if raw]
    assert batch.to_pylist()[:5] == [carrier._asdict() for carrier in single]


@pytest.mark.parametrize(
    "written",
    ["+86 194 0000 1234 5", "+86 194 0000 123", "+86194", "+86 1064500", "+86 10645 00000"],
)
def test_a_prefix_alone_makes_no_number_of_other_length_valid(written: str) -> None:
    assert TABLES.allocated(classify(written), 50) == classify(written)


def test_a_full_number_of_an_allocated_range_is_no_disguise() -> None:
    before = classify("+86 1064500000000")
    assert before.number_class is NumberClass.DISGUISED
    after = TABLES.allocated(before, 50)
    assert (after.number_class, after.valid, after.imitates) == (NumberClass.IOT, Validity.YES, "")


@given(
    st.lists(
        st.tuples(
            st.one_of(
                st.none(),
                st.sampled_from(["110", "95588", "+44 20 7946 0000", "+8610110", "010-12345678", "1064500000000"]),
                st.from_regex(r"(\+86)?(194|1940|10645|138|10)[0-9]{6,10}", fullmatch=True),
            ),
            st.sampled_from([-1, 50, 100]),
        ),
        max_size=12,
    )
)
def test_a_column_is_allocated_as_each_of_its_numbers_is(rows: list[tuple[str | None, int]]) -> None:
    many = TABLES.allocated_many(
        classify_many(pa.array([raw for raw, _ in rows], pa.string())), np.array([at for _, at in rows], np.int64)
    )
    assert many.schema == SCHEMA
    for row, (raw, at) in zip(many.to_pylist(), rows, strict=True):
        facts = None if raw is None else TABLES.allocated(classify(raw), at)
        assert row == {name: None if facts is None else getattr(facts, name) for name in SCHEMA.names}


def test_without_tables_the_plan_speaks() -> None:
    assert NumberingTables().carrier(classify("13800138000"), 0) == Carrier("china_mobile", "plan")
    empty = NumberingTables(Portability(PORTABILITY_SCHEMA.empty_table()), Allocation(ALLOCATION_SCHEMA.empty_table()))
    assert empty.carrier(classify("13800138000"), 0) == Carrier("china_mobile", "plan")
