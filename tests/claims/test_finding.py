"""A finding has one id for ever, and findings.parquet has the columns that the design fixed."""

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.base.marking import Marking
from fanzha.claims import Finding, Mode
from fanzha.claims.finding import FINDING_SCHEMA, ROLE_WORDS, SubjectRole, to_table

FINDING = Finding(
    detector="gateway_guard",
    version="1",
    subject_kind="trunk",
    subject="IGW-FIC-07",
    fraud_type="caller_id_spoofing",
    score=0.9,
    found_at=1_772_323_200_000,
    valid_until=1_772_409_600_000,
    reasons_zh=("95588 不可能从国际来",),
    reasons_en=("95588 cannot arrive from abroad",),
    public_zh="该中继送来的主叫号码不真实",
    public_en="this trunk sent caller numbers that are not real",
    evidence='{"caller":"95588"}',
    event_ids=("a", "b"),
    basis="ATF Art. 13",
    simulated=False,
)

#: Design §6, word for word: other programs read these names.
COLUMNS = (
    "finding_id detector version mode simulated subject_kind subject holder_from fraud_type score found_at valid_until "
    "direction service ingress owner_organisation marking basis reasons_zh reasons_en public_zh public_en evidence "
    "event_ids maturity role sentence_zh sentence_en"
)


def test_the_table_has_the_columns_of_the_design() -> None:
    assert " ".join(FINDING_SCHEMA.names) == COLUMNS
    assert FINDING_SCHEMA.metadata == {b"fanzha.schema": b"finding", b"fanzha.version": b"1"}


@pytest.mark.parametrize(
    ("change", "maturity"),
    [
        ({"mode": Mode.LIVE}, "live"),
        ({"mode": Mode.LIVE, "subject_kind": "call"}, "live"),
        ({}, "shadow"),
        ({"windows_full": False}, "windows_not_full"),
        ({"subject_kind": "call"}, "claimed_only"),
        ({"subject_kind": "call", "windows_full": False}, "windows_not_full"),
    ],
)
def test_maturity_says_what_may_be_acted_on_and_why_not(change: dict[str, object], maturity: str) -> None:
    finding = msgspec.structs.replace(FINDING, **change)
    assert to_table([finding]).column("maturity").to_pylist() == [maturity]


def test_the_id_is_pinned_so_that_a_replay_gives_it_again() -> None:
    assert FINDING.finding_id == "863015abc26bc947fe25c5885c891717"  # b2sum -l 128


@pytest.mark.parametrize(
    "change",
    [
        {"score": 0.1},
        {"found_at": 1},
        {"reasons_en": ("other words",)},
        {"mode": Mode.LIVE},
        {"marking": Marking.RED},
        {"event_ids": ("z", "b")},
    ],
    ids=str,
)
def test_the_id_does_not_hang_on_score_words_or_clock(change: dict[str, object]) -> None:
    assert msgspec.structs.replace(FINDING, **change).finding_id == FINDING.finding_id


@pytest.mark.parametrize(
    "change",
    [
        {"detector": "x"},
        {"version": "2"},
        {"subject_kind": "call"},
        {"subject": "IGW-FIC-08"},
        {"fraud_type": ""},
        {"event_ids": ("a", "c")},
    ],
    ids=str,
)
def test_another_claim_has_another_id(change: dict[str, object]) -> None:
    assert msgspec.structs.replace(FINDING, **change).finding_id != FINDING.finding_id


def test_a_finding_without_events_still_has_an_id() -> None:
    assert len(msgspec.structs.replace(FINDING, event_ids=()).finding_id) == 32


def test_rows_read_back_from_parquet_as_written() -> None:
    sink = pa.BufferOutputStream()
    pq.write_table(to_table([FINDING]), sink)
    (row,) = pq.read_table(pa.BufferReader(sink.getvalue())).to_pylist()
    assert row["finding_id"] == FINDING.finding_id
    assert row["mode"] == "shadow"
    assert row["marking"] == "TLP:AMBER"
    assert row["holder_from"] is None
    assert row["reasons_zh"] == ["95588 不可能从国际来"]
    assert row["event_ids"] == ["a", "b"]


def test_no_findings_make_an_empty_table_of_the_same_schema() -> None:
    assert to_table([]).schema.equals(FINDING_SCHEMA, check_metadata=True)


@given(st.lists(st.text(), min_size=2, max_size=2, unique=True))
def test_rows_keep_the_order_given(subjects: list[str]) -> None:
    table = to_table(msgspec.structs.replace(FINDING, subject=subject) for subject in subjects)
    assert table.column("subject").to_pylist() == subjects


@pytest.mark.parametrize(
    ("change", "role"),
    [
        ({}, "conduit"),
        ({"subject_kind": "outlet"}, "conduit"),
        ({"subject_kind": "sender"}, "conduit"),
        ({"subject_kind": "call"}, "conduit"),
        ({"subject_kind": "phone_number"}, "suspect"),
        ({"subject_kind": "device"}, "suspect"),
        ({"subject_kind": "website"}, "lure"),
        ({"subject_kind": "app"}, "lure"),
        ({"subject_kind": "message"}, "lure"),
        ({"subject_kind": "phone_number", "fraud_type": "victim_at_risk"}, "victim"),
        ({"subject_kind": "phone_number", "declared_role": SubjectRole.VICTIM}, "victim"),
        ({"subject_kind": "phone_number", "declared_role": SubjectRole.CONDUIT}, "conduit"),
    ],
)
def test_the_role_is_declared_or_follows_from_the_subject(change: dict[str, object], role: str) -> None:
    finding = msgspec.structs.replace(FINDING, **change)
    assert to_table([finding]).column("role").to_pylist() == [role]


def test_a_victim_by_the_fraud_type_cannot_be_declared_a_suspect() -> None:
    change = {"fraud_type": "victim_at_risk", "declared_role": SubjectRole.SUSPECT}
    assert msgspec.structs.replace(FINDING, **change).role is SubjectRole.VICTIM


def test_the_role_does_not_change_the_id_and_survives_json() -> None:
    finding = msgspec.structs.replace(FINDING, declared_role=SubjectRole.LURE)
    assert finding.finding_id == FINDING.finding_id
    assert msgspec.json.decode(msgspec.json.encode(finding), type=Finding) == finding
    assert b'"role":"lure"' in msgspec.json.encode(finding)


def test_every_role_has_words_in_both_languages() -> None:
    assert set(ROLE_WORDS) == set(SubjectRole) and all(words.zh and words.en for words in ROLE_WORDS.values())
