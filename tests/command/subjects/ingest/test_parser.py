"""What can be used is checked at the door; of what cannot, the reason is told in both languages, numbers masked."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.findings import FINDING, finding

from fanzha.claims.finding import Maturity, SubjectRole, to_table
from fanzha.command.subjects.ingest.parser import (
    MAX_CLOCK_SKEW_MS,
    ParsedFinding,
    RejectedFinding,
    parse_json,
    parse_row,
)

NOW = FINDING.found_at + 1_000


def read(**changes: Any) -> ParsedFinding | RejectedFinding:
    return parse_json(7, msgspec.json.encode(finding(**changes)), NOW)


def test_a_finding_is_read_the_same_as_json_and_as_a_row() -> None:
    (row,) = to_table([FINDING]).to_pylist()
    one, other = read(), parse_row(7, row, NOW)
    assert isinstance(one, ParsedFinding) and isinstance(other, ParsedFinding)
    assert other == one._replace(finding=other.finding)
    columns = {"finding_id": one.finding_id, "maturity": "shadow", "role": "conduit"}
    assert msgspec.to_builtins(other.finding) == msgspec.to_builtins(one.finding) | columns
    assert (one.row, one.finding_id, one.subject.kind) == (7, FINDING.finding_id, "trunk")


def test_role_and_maturity_of_a_file_are_kept_and_a_file_without_them_is_read() -> None:
    (row,) = to_table([finding(declared_role=SubjectRole.LURE, windows_full=False)]).to_pylist()
    kept, earlier = (
        parse_row(7, row, NOW),
        parse_row(7, {**row, "role": None, "maturity": None, "sentence_zh": None}, NOW),
    )
    assert isinstance(kept, ParsedFinding) and isinstance(earlier, ParsedFinding)
    assert (kept.finding.role, kept.finding.maturity) == (SubjectRole.LURE, Maturity.WINDOWS_NOT_FULL)
    assert (earlier.finding.role, earlier.finding.maturity) == (SubjectRole.CONDUIT, Maturity.SHADOW)


def test_an_unknown_role_is_rejected() -> None:
    (row,) = to_table([FINDING]).to_pylist()
    assert isinstance(parse_row(7, {**row, "role": "bystander"}, NOW), RejectedFinding)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"score": 1.01}, "between 0 and 1"),
        ({"score": float("nan")}, "not a finding"),
        ({"found_at": NOW + MAX_CLOCK_SKEW_MS + 1, "valid_until": NOW + 2 * MAX_CLOCK_SKEW_MS}, "in the future"),
        ({"found_at": 0}, "before 1990"),
        ({"valid_until": FINDING.found_at}, "not after found_at"),
        ({"valid_until": 2**53}, "after 2100"),
        ({"holder_from": FINDING.found_at + 1}, "holder_from"),
        ({"detector": "d" * 81}, "detector has more than 80"),
        ({"fraud_type": "a\0b"}, "fraud_type"),
        ({"event_ids": ("e" * 201,)}, "an event id"),
        ({"subject_kind": "spaceship"}, "no kind"),
        ({"evidence": "[]"}, "no JSON object"),
    ],
)
def test_what_cannot_be_used_has_its_reason(changes: dict[str, Any], said: str) -> None:
    one = read(**changes)
    assert isinstance(one, RejectedFinding)
    assert said in one.reason.en and one.reason.zh and one.row == 7


def test_an_id_that_does_not_fit_is_refused_and_the_right_one_taken() -> None:
    told = msgspec.to_builtins(FINDING)
    for given_id, type_ in (("0" * 32, RejectedFinding), (FINDING.finding_id, ParsedFinding)):
        assert isinstance(parse_json(1, msgspec.json.encode(told | {"finding_id": given_id}), NOW), type_)


def test_of_what_stood_there_a_masked_piece_is_kept() -> None:
    one = parse_json(1, b'{"subject": "13800001234", ' + b"x" * 1_000, NOW)
    assert isinstance(one, RejectedFinding)
    assert "13800001234" not in one.stood_there and len(one.stood_there) <= 120


@given(st.binary(max_size=200))
def test_no_bytes_break_the_door(data: bytes) -> None:
    assert isinstance(parse_json(1, data, NOW), RejectedFinding)


@given(st.dictionaries(st.sampled_from(FINDING.__struct_fields__), st.none() | st.integers() | st.text(max_size=9)))
def test_no_row_breaks_the_door(changes: dict[str, Any]) -> None:
    values = {**msgspec.to_builtins(FINDING), "finding_id": "", **changes}
    assert isinstance(parse_row(1, values, NOW), ParsedFinding | RejectedFinding)
