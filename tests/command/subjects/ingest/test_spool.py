"""What is handed over lies in the spool whole, under the name of its bytes, in the folder of whose it is."""

import os
from pathlib import Path

import msgspec
import pytest
from tests.command.people import World
from tests.findings import FINDING

from fanzha.command.subjects.ingest.spool import hand_over, put_aside, remove, spool_folder, waiting

LINE = msgspec.json.encode(FINDING)


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    return tmp_path


def test_each_file_waits_for_its_owner_in_the_order_in_which_they_came(world: World) -> None:
    names = [hand_over(LINE, world["isp"]), hand_over(LINE), hand_over(b"PAR1", world["bank"])]
    for age, name in zip((30, 20, 10), names, strict=True):
        path = spool_folder() / name
        path.touch()
        made = path.stat().st_mtime - age
        os.utime(path, (made, made))
    assert [(one.source.name, one.owner) for one in waiting()] == [
        (names[0], world["isp"]),
        (names[1], None),
        (names[2], world["bank"]),
    ]
    assert [one.source.is_lines for one in waiting()] == [True, True, False]


def test_the_same_bytes_of_one_organisation_are_one_file(world: World) -> None:
    assert hand_over(LINE, world["isp"]) == hand_over(LINE, world["isp"]) != hand_over(LINE + b"\n", world["isp"])
    assert len(list(waiting())) == 2


def test_files_of_nobody_and_half_written_ones_are_left_alone(world: World) -> None:
    for name in ("N" * 26 + "/x.jsonl", ".half.jsonl", "notes.txt"):
        path = spool_folder() / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(LINE)
    assert list(waiting()) == []


def test_a_file_is_removed_or_put_aside_for_somebody_to_look_at(world: World) -> None:
    one, other = hand_over(LINE, world["isp"]), hand_over(b"PAR1", world["isp"])
    sources = {each.source.name: each.source for each in waiting()}
    remove(sources[one])
    remove(sources[one])
    assert put_aside(sources[other]).read_bytes() == b"PAR1"
    assert list(waiting()) == []
