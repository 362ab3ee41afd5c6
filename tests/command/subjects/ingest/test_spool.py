"""What is handed over lies in the spool whole, under the name of its bytes, in the folder of whose it is."""

import os
from pathlib import Path

import msgspec
import pytest
from tests.command.people import World
from tests.findings import FINDING

from fanzha.command.subjects.ingest.spool import (
    pending_files,
    quarantine_file,
    remove_file,
    spool_folder,
    submit_findings,
)

LINE = msgspec.json.encode(FINDING)


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    return tmp_path


def test_each_file_waits_for_its_owner_in_the_order_in_which_they_came(world: World) -> None:
    names = [submit_findings(LINE, world["isp"]), submit_findings(LINE), submit_findings(b"PAR1", world["bank"])]
    for age, name in zip((30, 20, 10), names, strict=True):
        path = spool_folder() / name
        path.touch()
        made = path.stat().st_mtime - age
        os.utime(path, (made, made))
    assert [(one.source.name, one.owner) for one in pending_files()] == [
        (names[0], world["isp"]),
        (names[1], None),
        (names[2], world["bank"]),
    ]
    assert [one.source.is_lines for one in pending_files()] == [True, True, False]


def test_the_same_bytes_of_one_organisation_are_one_file(world: World) -> None:
    assert (
        submit_findings(LINE, world["isp"])
        == submit_findings(LINE, world["isp"])
        != submit_findings(LINE + b"\n", world["isp"])
    )
    assert len(list(pending_files())) == 2


def test_files_of_nobody_and_half_written_ones_are_left_alone(world: World) -> None:
    for name in ("N" * 26 + "/x.jsonl", ".half.jsonl", "notes.txt"):
        path = spool_folder() / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(LINE)
    assert list(pending_files()) == []


def test_a_file_is_removed_or_put_aside_for_somebody_to_look_at(world: World) -> None:
    one, other = submit_findings(LINE, world["isp"]), submit_findings(b"PAR1", world["isp"])
    sources = {each.source.name: each.source for each in pending_files()}
    remove_file(sources[one])
    remove_file(sources[one])
    assert quarantine_file(sources[other]).read_bytes() == b"PAR1"
    assert list(pending_files()) == []
