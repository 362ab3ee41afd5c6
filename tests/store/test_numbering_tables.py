"""An operator's tables are read as they come, and a wrong row is named with its file."""

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fanzha.base.clock import moment_ms
from fanzha.base.errors import UsageError
from fanzha.kinds.phone_number import classify
from fanzha.store.numbering_tables import load_holders, load_numbering_tables

MOVED = moment_ms("2026-03-01T00:00:00+08:00")


def write(folder: Path, name: str, text: str) -> None:
    (folder / "tables").mkdir(exist_ok=True)
    (folder / "tables" / name).write_text(text, "utf-8")


def test_no_tables_are_no_error(tmp_path: Path) -> None:
    assert load_numbering_tables(tmp_path) == (None, None)


def test_ported_numbers_are_read_from_csv_with_chinese_headers(tmp_path: Path) -> None:
    write(tmp_path, "portability.csv", "号码,携入运营商,携转时间\n19100000001,中国移动,2026-03-01T00:00:00+08:00\n")
    tables = load_numbering_tables(tmp_path)
    assert tables.carrier(classify("+8619100000001"), MOVED).operator == "china_mobile"
    assert tables.carrier(classify("+8619100000001"), MOVED - 1).operator == "china_telecom"


def test_ported_numbers_are_read_from_parquet_with_moments_of_any_type(tmp_path: Path) -> None:
    moment = datetime(2026, 2, 28, 16, tzinfo=UTC)
    for times in (pa.array([moment], pa.timestamp("us", "UTC")), pa.array([MOVED]), pa.array([moment.isoformat()])):
        (tmp_path / "tables").mkdir(exist_ok=True)
        table = pa.table({"number": ["+8619100000001"], "operator": ["联通"], "valid_from": times})
        pq.write_table(table, tmp_path / "tables" / "portability.parquet")
        tables = load_numbering_tables(tmp_path)
        assert tables.carrier(classify("19100000001"), MOVED).operator == "china_unicom"
        assert tables.carrier(classify("19100000001"), MOVED - 1).source == "plan"


def test_allocated_ranges_are_read(tmp_path: Path) -> None:
    write(tmp_path, "allocation.csv", "prefix,operator,number_class,city\n1940000,电信,mvno,三亚\n")
    facts = load_numbering_tables(tmp_path).allocated(classify("19400001234"), 0)
    assert (facts.mvno, facts.operator, facts.city) == (True, "china_telecom", "三亚")


def test_holders_are_read_each_with_its_time(tmp_path: Path) -> None:
    assert load_holders(tmp_path) is None
    write(
        tmp_path,
        "holders.csv",
        "手机号,入网时间,销户时间\n17000000001,2025-01-01,2025-06-01\n17000000001,2026-03-01,\n",
    )
    holders = load_holders(tmp_path)
    assert holders is not None
    moments = [moment_ms(text) for text in ("2025-03-01", "2025-09-01", "2026-04-01")]
    known = [holders.at("+8617000000001", moment) for moment in moments]
    assert [one and one.holder_from for one in known] == [moment_ms("2025-01-01"), None, moment_ms("2026-03-01")]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("number,holder_until\n17000000001,2025-01-01\n", "column holder_from is missing"),
        ("number,holder_from\n17000000001,\n", "row 1: '17000000001' has no holder_from"),
        ("number,holder_from\nabc,2025-01-01\n", "row 1: 'abc' is not a telephone number"),
        ("number,holder_from,holder_until\n17000000001,2025-02-01,2025-01-01\n", "is not after holder_from"),
    ],
)
def test_wrong_rows_of_holders_are_named(tmp_path: Path, text: str, says: str) -> None:
    write(tmp_path, "holders.csv", text)
    with pytest.raises(UsageError, match=says):
        load_holders(tmp_path)


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("portability.csv", "number,operator\n19100000001,移动\nabc,移动\n", "row 2: 'abc' is not a telephone number"),
        ("portability.csv", "operator\n移动\n", "column number is missing"),
        ("portability.csv", "number,operator,from\n19100000001,移动,soon\n", "not a moment: 'soon'"),
        ("portability.csv", "number,operator,from,until\n191,移动,2026-03-02,2026-03-01\n", "is not after valid_from"),
        ("allocation.csv", "prefix,operator\n0194,电信\n", "row 1: '0194' is not a prefix"),
        ("allocation.csv", "prefix,operator,number_class\n194,电信,phone\n", "row 1: 'phone' is not one of"),
        ("allocation.csv", "prefix,operator\n194,电信,x\n", "cannot be read"),
        ("allocation.csv", "", "cannot be read"),
        ("allocation.parquet", "not parquet", "cannot be read"),
    ],
)
def test_a_wrong_table_is_named_with_row_and_reason(tmp_path: Path, name: str, text: str, says: str) -> None:
    write(tmp_path, name, text)
    with pytest.raises(UsageError, match=says) as raised:
        load_numbering_tables(tmp_path)
    assert name in str(raised.value)


def test_a_table_in_another_encoding_says_what_to_do(tmp_path: Path) -> None:
    write(tmp_path, "portability.csv", "")
    (tmp_path / "tables" / "portability.csv").write_bytes("号码,运营商\n19100000001,移动\n".encode("gb18030"))
    with pytest.raises(UsageError, match="UTF-8"):
        load_numbering_tables(tmp_path)
