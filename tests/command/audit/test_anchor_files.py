"""An anchor outside is a file that is written once; what stands in its place is never overwritten."""

import os
from pathlib import Path

import pytest

from fanzha.command.audit.anchor_files import AnchorMismatch, read_anchors, write_anchor
from fanzha.command.audit.signing import public_key, sign
from fanzha.processes.log.anchor import Anchor, NoAnchor, build_statement, sign_statement
from fanzha.processes.log.batch import BatchHead

LOG = "5e" * 32
AT = 1_772_323_200_000


def anchor(number: int) -> Anchor:
    head = f"{number:064x}"
    return sign_statement(build_statement(LOG, BatchHead(number, head), number - 1, [head], AT), public_key(), sign)


def test_it_is_written_below_its_day_under_its_number(tmp_path: Path) -> None:
    path = write_anchor(anchor(7), tmp_path)
    assert path == tmp_path / "2026-03-01" / "5e5e5e5e-000000000007.anchor"
    assert path.read_text() == f"{anchor(7).line}\n"
    assert write_anchor(anchor(7), tmp_path) == path, "the second time it is there"


def test_another_text_in_its_place_is_left_and_told(tmp_path: Path) -> None:
    path = write_anchor(anchor(7), tmp_path)
    path.write_text("another\n")
    with pytest.raises(AnchorMismatch, match="holds another text"):
        write_anchor(anchor(7), tmp_path)
    assert path.read_text() == "another\n"


@pytest.mark.parametrize("kept", [0, 20])
def test_what_a_full_disk_left_of_a_file_is_completed(kept: int, tmp_path: Path) -> None:
    path = write_anchor(anchor(7), tmp_path)
    path.write_bytes(path.read_bytes()[:kept])
    write_anchor(anchor(7), tmp_path)
    assert path.read_text() == f"{anchor(7).line}\n"


def test_a_folder_that_is_away_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_anchor(anchor(7), tmp_path / "away")
    assert list(tmp_path.iterdir()) == []


def test_folders_and_files_are_read_back(tmp_path: Path) -> None:
    for number in (1, 2, 3):
        write_anchor(anchor(number), tmp_path)
    published = tmp_path / "published.txt"
    published.write_text(f"{anchor(4).line}\n\n{anchor(5).line}\n")
    assert [anchor.statement.number for anchor in read_anchors([tmp_path, published])] == [1, 2, 3, 4, 5]


def test_what_is_no_anchor_is_told_with_its_file(tmp_path: Path) -> None:
    path = write_anchor(anchor(1), tmp_path)
    path.write_text(path.read_text().replace(":1:", ":2:", 2))
    with pytest.raises(NoAnchor, match=str(path)):
        list(read_anchors([tmp_path]))


def test_a_pipe_or_a_device_in_a_folder_holds_nothing_up(tmp_path: Path) -> None:
    """Whoever keeps a folder outside knows the name of the next anchor: reading there must end."""
    path = write_anchor(anchor(1), tmp_path)
    path.unlink()
    os.mkfifo(path)
    for _ in range(2):
        with pytest.raises(OSError, match="no regular file"):
            list(read_anchors([tmp_path]))
        with pytest.raises(OSError, match="no regular file"):
            write_anchor(anchor(1), tmp_path)
        path.unlink()
        path.symlink_to("/dev/zero")
    path.unlink()
    path.write_bytes(b"\n" * 2_000_000)
    with pytest.raises(OSError, match="too long"):
        list(read_anchors([tmp_path]))
