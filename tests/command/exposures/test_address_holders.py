"""Who had an address at a time is found in the operator's tables; what is not sure is counted."""

from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fanzha.base.clock import moment_ms
from fanzha.command.exposures.address_holders import AddressHolders, MissingTable, canonical_addresses, table_folder
from fanzha.read import UnreadableSource

BASIS, ZONE = "B" * 26, "Asia/Shanghai"
NOW = moment_ms("2026-11-20T12:00:00+08:00")
TABLE = """address,number,start_time,stop_time
192.0.2.8,17000000018,2026-11-20 08:00:00,2026-11-20 09:00:00
192.0.2.8,+86 170 0000 0018,2026-11-20 08:00:00,2026-11-20 09:00:00
192.0.2.3,+8617000000021,2026-11-18 08:00:00,
192.0.2.4,+8617000000022,2026-11-20 07:00:00,
192.0.2.4,+8617000000023,2026-11-20 09:00:00,
192.0.2.1,+8617000000011,2026-11-20 08:00:00,2026-11-20 10:00:00
192.0.2.1,+8617000000012,2026-11-20 10:00:00,
192.0.2.2,+8617000000013,2026-11-20 08:00:00,2026-11-20 12:00:00
192.0.2.2,+8617000000014,2026-11-20 09:00:00,2026-11-20 12:00:00
2001:DB8::1,+8617000000015,2026-11-20 08:00:00,2026-11-20 12:00:00
broken,+8617000000016,2026-11-20 08:00:00,2026-11-20 12:00:00
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    path = table_folder(BASIS)
    path.mkdir(parents=True)
    return path


def find(*hits: tuple[str, str], may_be_behind: bool = False) -> tuple[list[str], Counter[str]]:
    addresses = pa.array([address for address, _ in hits], pa.string())
    times = pa.array([moment_ms(f"2026-11-20T{clock}:00+08:00") for _, clock in hits], pa.int64())
    found = AddressHolders(BASIS, ZONE, NOW, may_be_behind=may_be_behind).find(addresses, times)
    return list(map(str, found.numbers.to_pylist())), found.rejects


def test_an_address_belongs_to_its_only_holder_at_that_time(folder: Path) -> None:
    (folder / "sessions.csv").write_text(TABLE)
    numbers, rejects = find(
        ("192.0.2.1", "09:59"), ("192.0.2.1", "10:00"), ("::ffff:192.0.2.2", "08:30"), ("2001:db8:0::1", "11:00")
    )
    assert numbers == ["+8617000000011", "+8617000000012", "+8617000000013", "+8617000000015"]
    assert rejects == Counter()


def test_what_is_nobodys_or_of_several_is_counted_and_not_guessed(folder: Path) -> None:
    (folder / "sessions.csv").write_text(TABLE)
    hits = ("192.0.2.2", "09:30"), ("192.0.2.2", "12:00"), ("192.0.2.9", "09:00"), ("192.0.2.1", "07:59")
    assert find(*hits) == (["", "", "", ""], Counter(nobody=3, several=1))


def test_a_session_without_an_end_lasts_until_the_next_one_or_for_a_day(folder: Path) -> None:
    (folder / "sessions.csv").write_text(TABLE)
    numbers, rejects = find(("192.0.2.3", "09:00"), ("192.0.2.4", "08:59"), ("192.0.2.4", "09:00"))
    assert numbers == ["", "+8617000000022", "+8617000000023"]
    assert rejects == Counter(nobody=1)


def test_one_person_in_two_spellings_is_one(folder: Path) -> None:
    (folder / "sessions.csv").write_text(TABLE)
    assert find(("192.0.2.8", "08:30")) == (["+8617000000018"], Counter())


def test_a_visit_after_the_last_entry_waits_for_later_tables(folder: Path) -> None:
    (folder / "sessions.csv").write_text(TABLE)
    with pytest.raises(MissingTable, match="later tables"):
        find(("192.0.2.1", "12:30"))
    assert find(("192.0.2.1", "12:30"), may_be_behind=True)[0] == ["+8617000000012"]


def test_leases_that_end_in_the_future_say_nothing_of_later_sessions(folder: Path) -> None:
    rows = "192.0.2.1,+8617000000011,2026-11-20 10:00:00,2026-11-21 10:00:00\n"
    (folder / "leases.csv").write_text(f"address,number,lease_start,lease_end\n{rows}")
    with pytest.raises(MissingTable, match="later tables"):
        find(("192.0.2.2", "11:00"))


def test_parquet_tables_with_a_zone_are_read(folder: Path) -> None:
    utc = pa.timestamp("ms", "UTC")
    table = pa.table(
        {
            "framed_ip_address": ["192.0.2.7"],
            "msisdn": ["+8617000000017"],
            "start": pa.array([moment_ms("2026-11-20T08:00:00+08:00")], utc),
            "stop": pa.array([moment_ms("2026-11-20T09:00:00+08:00")], utc),
        }
    )
    pq.write_table(table, folder / "leases.parquet")
    assert find(("192.0.2.7", "08:30"), ("192.0.2.7", "09:00")) == (
        ["+8617000000017", ""],
        Counter(nobody=1),
    )


def test_a_missing_table_or_column_is_named(folder: Path) -> None:
    with pytest.raises(MissingTable, match=f"exposure-addresses/{BASIS}"):
        AddressHolders(BASIS, ZONE, NOW).check()
    with pytest.raises(UnreadableSource, match=f"exposure-addresses/{BASIS}"):
        AddressHolders(BASIS, ZONE, NOW, may_be_behind=True).check()
    (folder / "sessions.csv").write_text("address,number\n192.0.2.1,1\n")
    with pytest.raises(UnreadableSource, match="sessions.csv: columns are missing"):
        find(("192.0.2.1", "09:00"))


def test_addresses_have_one_spelling(folder: Path) -> None:
    given = pa.array([" 192.0.2.1", "::FFFF:192.0.2.1", "2001:0db8::0001", "x", None])
    assert canonical_addresses(given).to_pylist() == ["192.0.2.1", "192.0.2.1", "2001:db8::1", "", ""]
