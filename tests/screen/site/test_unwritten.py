"""What a killed owner had not written its standby writes, each record once, and what nobody has is counted."""

from pathlib import Path

import msgspec
import pytest

from fanzha.screen.site import unwritten
from fanzha.screen.site.unwritten import Behind, Unwritten, last_written


def lines(first: int, last: int) -> bytes:
    return b"".join(msgspec.json.encode((n, 5, "fact", "x")) + b"\n" for n in range(first, last + 1))


@pytest.mark.parametrize("cut", [1, 7, 1_000])
def test_lines_behind_the_disk_are_told_whatever_the_cuts(cut: int) -> None:
    held, data = Unwritten(), lines(1, 20)
    for start in range(0, len(data), cut):
        held.take(data[start : start + cut])
    assert held.behind(15) == Behind(lines(16, 20), 5, 0)
    assert held.behind(20) == Behind(b"", 0, 0)


def test_a_line_that_never_came_whole_is_not_written() -> None:
    held = Unwritten()
    held.take(lines(1, 2) + b"[3,5,")
    assert held.behind(0) == Behind(lines(1, 2), 2, 0)


def test_what_is_remembered_by_nobody_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unwritten, "REMEMBERED", 100)
    held = Unwritten()
    for number in range(1, 21):
        held.take(lines(number, number))
    behind = held.behind(3)
    assert behind.records < 17 and behind.lost + behind.records == 17
    assert Unwritten().behind(3) == Behind(b"", 0, 0)


def test_the_last_whole_record_of_the_newest_file_counts(tmp_path: Path) -> None:
    assert last_written(tmp_path) is None
    assert last_written(Path("/dev/null")) is None
    (tmp_path / "2026-03-02T09.jsonl").write_bytes(lines(1, 9))
    (tmp_path / "2026-03-02T10.jsonl").write_bytes(b"")
    assert last_written(tmp_path) == 9
    (tmp_path / "2026-03-02T10.jsonl").write_bytes(lines(10, 12) + b"[13,5,")
    assert last_written(tmp_path) == 12
