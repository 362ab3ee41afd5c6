"""The table of a proxy's guard holds what a screen refuses, in the format that Kamailio reads."""

import stat
from collections.abc import Sequence
from pathlib import Path

from tests.claims.snapshots import AT, SALT, base

from fanzha.claims.allowlist import AllowlistEntry, OriginKind
from fanzha.claims.snapshot import AllocatedRange, InboundOnly, ProtectedNumber, SectionData, SnapshotEntry
from fanzha.claims.snapshot_format import lists
from fanzha.claims.treatment import Treatment
from fanzha.claims.verdict import FOREVER, Level
from fanzha.screen.mapped_snapshot import MappedSnapshot
from fanzha.screen.proxy_guard import build_guard, is_refused_from_abroad, write_guard

REFUSED = SnapshotEntry(Level.SUSPECTED, Treatment.REFUSE, until=FOREVER)
ENTRIES = {
    "+8617000000001": REFUSED,
    "+8617000000002": REFUSED._replace(ingress="international_gateway"),
    "+8617000000003": REFUSED._replace(ingress="mobile"),
    "+8617000000004": REFUSED._replace(until=AT),
    "+8617000000005": REFUSED._replace(simulated=True),
    "+8617000000006": REFUSED._replace(service="text"),
    "+8617000000007": REFUSED._replace(direction="incoming"),
    "+8617000000008": SnapshotEntry(Level.WATCH, Treatment.LABEL, until=FOREVER),
}


def rows(entries: dict[str, SnapshotEntry], sections: Sequence[SectionData] = ()) -> dict[str, int]:
    subjects = {("phone_number", number): entry for number, entry in entries.items()}
    return build_guard(MappedSnapshot(base(subjects, sections)), AT, 100).rows


def test_refused_numbers_are_listed_where_their_scope_refuses_calls() -> None:
    listed = {key[1:]: value for key, value in rows(ENTRIES).items() if key.startswith("r")}
    assert listed == {"+8617000000001": 1, "+8617000000002": 2, "+8617000000003": 3}


def test_at_most_so_many_refused_numbers_are_listed_and_those_that_end_last_stay() -> None:
    entries = {f"+8617000000{number:03}": REFUSED._replace(until=AT + 3_600_000 * (number + 1)) for number in range(9)}
    subjects = {("phone_number", number): entry for number, entry in entries.items()}
    guard = build_guard(MappedSnapshot(base(subjects)), AT, 2)
    assert (guard.refused, guard.left_out) == (2, 7)
    assert {key for key in guard.rows if key.startswith("r")} == {"r+8617000000007", "r+8617000000008"}


def test_special_numbers_emergency_numbers_and_help_lines_are_listed() -> None:
    guard = rows({})
    assert {"n95588", "n12345", "n110", "n10086", "e110", "e119", "e120", "e122", "h96110", "b1069"} <= {*guard}
    assert guard["loaded"] == AT // 1_000
    assert all(is_refused_from_abroad(key[1:]) for key in guard if key.startswith("n"))


def test_the_operators_own_lists_are_in_the_table() -> None:
    salt = bytes.fromhex(SALT)
    guard = rows(
        {},
        [
            *lists.protected_section([ProtectedNumber("95500", "虚构银行", "a made-up bank")]),
            *lists.spared_section(
                [AllowlistEntry("+862112345678", OriginKind.TRUNK, "IGW-1", "a hospital", "a contract")]
            ),
            *lists.inbound_only_sections(
                [InboundOnly("+864001234567", "a bank", "request"), InboundOnly("+8610086", "x", "x", AT)], salt
            ),
            *lists.ranges_sections([AllocatedRange("1402", "china_mobile", "mobile", "", "", None, None)], salt),
        ],
    )
    assert {"n95500", "s2112345678", "a1402"} <= {*guard}
    assert guard["r+864001234567"] == 2 and "r+8610086" not in guard


def test_unallocated_mobile_prefixes_are_listed_with_the_ranges_that_are_allocated() -> None:
    guard = rows({})
    assert guard["x1402"] == 1 and guard["x1402479"] == 0
    assert is_refused_from_abroad("+8614020000000") and not is_refused_from_abroad("+8614024790000")
    assert "x1380" not in guard and not is_refused_from_abroad("+8613800000000")


def test_a_table_is_written_for_db_text_and_says_whether_it_changed(tmp_path: Path) -> None:
    assert write_guard(tmp_path, {"loaded": 5, "r+8617000000001": 1})
    path = tmp_path / "guard"
    assert path.read_text() == (
        "key_name(string) key_type(int) value_type(int) key_value(string) expires(int)\n"
        "loaded:0:1:5:0\nr+8617000000001:0:1:1:0\n"
    )
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert not write_guard(tmp_path, {"loaded": 6, "r+8617000000001": 1})
    assert write_guard(tmp_path, {"loaded": 6})
    assert [one.name for one in tmp_path.iterdir()] == ["guard"]
