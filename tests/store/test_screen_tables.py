"""The table of allocated ranges becomes what screens ask: which range holds now."""

from pathlib import Path

from tests.claims.snapshots import SALT, base

from fanzha.base.clock import moment_ms
from fanzha.claims.snapshot_format.lists import ranges_sections
from fanzha.screen.mapped_snapshot import Mapped
from fanzha.store.screen_tables import allocated_ranges

AT = moment_ms("2026-03-01")
DAY = 86_400_000


def write(folder: Path, name: str, text: str) -> None:
    (folder / "tables").mkdir(exist_ok=True)
    (folder / "tables" / name).write_text(text, "utf-8")


def mapped(folder: Path) -> Mapped:
    return Mapped(base({}, ranges_sections(allocated_ranges(AT, folder), bytes.fromhex(SALT))))


def test_without_a_table_there_are_none(tmp_path: Path) -> None:
    assert allocated_ranges(AT, tmp_path) == []


def test_the_longest_range_that_holds_counts(tmp_path: Path) -> None:
    write(
        tmp_path,
        "allocation.csv",
        "prefix,operator,number_class,province,city,valid_from,valid_until\n"
        "1700,中国移动,mvno,浙江,杭州,,\n"
        "17000,中国联通,,,,2026-03-02,\n"
        "17000,中国电信,iot,,,2020-01-01,2026-02-01\n",
    )
    lists = mapped(tmp_path).lists
    now, later = lists.allocated("17000000001", AT), lists.allocated("17000000001", AT + DAY)
    assert now is not None and (now.operator, now.number_class, now.city) == ("china_mobile", "mvno", "杭州")
    assert later is not None and (later.operator, later.number_class) == ("china_unicom", "")
    assert lists.allocated("17100000001", AT) is None and lists.allocated("1", AT) is None
