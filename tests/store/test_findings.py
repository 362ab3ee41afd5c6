"""Of findings only live ones that still hold come back as evidence."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.findings import finding

from fanzha.base.errors import UsageError
from fanzha.claims import Finding, Mode
from fanzha.claims.evidence import evidence_from_finding
from fanzha.claims.finding import SubjectRole, to_table
from fanzha.store.findings import list_finding_files, read_live_findings

AT = 1_772_323_200_000


def write(folder: Path, *found: Finding) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(to_table(found), folder / "findings.parquet")
    return folder / "findings.parquet"


def test_live_findings_that_hold_come_back_with_or_without_reasons(tmp_path: Path) -> None:
    live = finding(mode=Mode.LIVE, subject="+8617000000001", subject_kind="phone_number", service="voice")
    path = write(tmp_path, live, finding(mode=Mode.SHADOW), finding(mode=Mode.LIVE, valid_until=AT))
    assert list(read_live_findings(path, AT, reasons=True)) == [evidence_from_finding(live)]
    (short,) = read_live_findings(path, AT)
    assert (short.subject, short.zh, short.en, short.id) == ("+8617000000001", "", "", "")


def test_victims_are_no_evidence_by_role_or_in_files_without_roles_by_fraud_type(tmp_path: Path) -> None:
    number = {"mode": Mode.LIVE, "subject_kind": "phone_number", "subject": "+8617000000001"}
    declared = finding(**number, declared_role=SubjectRole.VICTIM)
    path = write(tmp_path, declared, finding(**number, fraud_type="victim_at_risk"))
    assert list(read_live_findings(path, AT)) == []
    pq.write_table(to_table([finding(**number, fraud_type="victim_at_risk"), declared]).drop_columns(["role"]), path)
    assert len(list(read_live_findings(path, AT))) == 1


def test_folders_are_searched_and_one_without_findings_is_named(tmp_path: Path) -> None:
    first, second = write(tmp_path / "a"), write(tmp_path / "b" / "c")
    assert list_finding_files([tmp_path, first]) == [first, second, first]
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="holds no findings.parquet"):
        list_finding_files([tmp_path / "empty"])


@pytest.mark.parametrize("data", [b"", b"garbage" * 100])
def test_a_file_that_holds_no_findings_is_named(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x.parquet").write_bytes(data)
    with pytest.raises(UsageError, match="findings cannot be read"):
        list(read_live_findings(tmp_path / "x.parquet", AT))


@pytest.mark.parametrize("column", ["holder_from", "mode", "reasons_zh"])
def test_a_file_that_lacks_a_column_is_named_with_the_column(tmp_path: Path, column: str) -> None:
    pq.write_table(to_table([finding(mode=Mode.LIVE)]).drop_columns([column]), tmp_path / "x.parquet")
    with pytest.raises(UsageError, match=f"x.parquet: column {column} is missing"):
        list(read_live_findings(tmp_path / "x.parquet", AT, reasons=True))
