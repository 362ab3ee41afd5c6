"""Numbering tables become what screens ask: who carries a number now or next, and what ranges hold."""

from pathlib import Path

from tests.claims.snapshots import SALT, base

from fanzha.base.clock import moment_ms
from fanzha.claims._snapshot.lists import ported_sections, ranges_sections
from fanzha.claims.snapshot import Ported, number_key
from fanzha.screen.mapped import Mapped
from fanzha.store.screen_tables import screen_tables

AT = moment_ms("2026-03-01")
DAY = 86_400_000


def write(folder: Path, name: str, text: str) -> None:
    (folder / "tables").mkdir(exist_ok=True)
    (folder / "tables" / name).write_text(text, "utf-8")


def mapped(folder: Path) -> Mapped:
    ports, ranges = screen_tables(AT, folder)
    assert ports is not None and ranges is not None
    salt = bytes.fromhex(SALT)
    return Mapped(base({}, [*ported_sections(ports, salt), *ranges_sections(ranges, salt)]))


def test_without_tables_there_are_none(tmp_path: Path) -> None:
    assert screen_tables(AT, tmp_path) == (None, None)


def test_of_a_number_the_entry_that_holds_is_kept_else_the_next(tmp_path: Path) -> None:
    write(
        tmp_path,
        "portability.csv",
        "number,operator,valid_from,valid_until\n"
        "17000000001,中国移动,2020-01-01,2025-01-01\n"
        "17000000001,中国联通,2025-01-01,\n"
        "17000000002,中国电信,2026-03-02,2026-03-05\n"
        "17000000002,中国联通,2026-03-05,\n"
        "17000000003,中国移动,,2026-02-01\n",
    )
    write(tmp_path, "allocation.csv", "prefix,operator\n1700,中国移动\n")
    lists = mapped(tmp_path).lists
    one, two, three = (number_key(f"+861700000000{place}") for place in (1, 2, 3))
    assert lists.ported(one, AT) == Ported("china_unicom", moment_ms("2025-01-01"), None)
    assert lists.ported(two, AT) is None
    assert lists.ported(two, AT + DAY) == Ported("china_telecom", AT + DAY, AT + 4 * DAY)
    assert lists.ported(three, AT) is None and lists.ported(number_key("+8617000000004"), AT) is None


def test_the_longest_range_that_holds_counts(tmp_path: Path) -> None:
    write(tmp_path, "portability.csv", "number,operator\n")
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
