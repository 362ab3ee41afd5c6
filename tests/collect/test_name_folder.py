"""Lists of names are read once, in every format, and read on when they grow."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from fanzha.collect import name_folder
from fanzha.collect.name_folder import NameFolder, read_rows
from fanzha.collect.name_intake import IntakeSettings, SiteIntake
from fanzha.detect.lookalike_website import Comparison, LookalikeWebsiteDetector
from fanzha.store.site_watch import DAY_MS, AlertBudget, SiteWatchStore, open_site_watch

NOW = 1_793_000_000_000


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.txt", "a.example\n# comment\n\n0.0.0.0 b.example\nhttps://c.example/x?y\n工商.example\n", 4),
        ("a.csv", "\ufeffDomain,Created\na.example,2026\nb.example,2026\n", 2),
        ("a.tsv", "id\turl\n1\thttp://a.example/\n2\tb.example\n", 2),
        ("a.jsonl", '{"rrname": "a.example.", "rrtype": "A"}\n{"domain": "b.example"}\n', 2),
        ("a.json.gz", '{"host": "a.example"}\n', 1),
    ],
)
def test_formats(tmp_path: Path, name: str, text: str, expected: int) -> None:
    data = text.encode()
    (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    rows = list(read_rows(tmp_path / name))
    assert len(rows) == expected
    assert rows[0].name == b"a.example"
    assert all(row.name.endswith(b".example") for row in rows)
    assert [row.is_from_dns for row in rows][:1] == [name == "a.jsonl"]


def test_what_is_no_name_is_handed_on_to_be_counted(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("colour\nred\n")
    (tmp_path / "b.jsonl").write_text('not json\n{"colour": "red"}\n{"host": 7}\n')
    (tmp_path / "c.txt").write_bytes(b"\xff\xff\n" + b"x" * 20_000 + b"\nok.example\n")
    assert [row.name for row in read_rows(tmp_path / "a.csv")] == [b""]
    assert [row.name for row in read_rows(tmp_path / "b.jsonl")] == [b"", b"", b""]
    assert [len(row.name) for row in read_rows(tmp_path / "c.txt")] == [2, 8_192, 10]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SiteWatchStore]:
    with open_site_watch(tmp_path / "state") as opened:
        yield opened


class NothingFound(LookalikeWebsiteDetector):
    """Finds nothing, and compiles nothing."""

    def compare(self, batch: pa.RecordBatch) -> Comparison:
        return Comparison([], [])


def follow(folder: Path, store: SiteWatchStore) -> NameFolder:
    intake = SiteIntake(store, NothingFound(), IntakeSettings(DAY_MS, AlertBudget(5, 5, 5)))
    return NameFolder(folder, store, intake, lambda: NOW)


def run(followed: NameFolder) -> None:
    while followed.step() == 0.0:
        pass


def test_each_row_is_read_once_also_by_another_process(
    tmp_path: Path, store: SiteWatchStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(name_folder, "_ROWS", 3)
    folder = tmp_path / "names"
    folder.mkdir()
    (folder / "a.txt").write_text("".join(f"site{number}.example\n" for number in range(7)))
    follow(folder, store).step()
    run(follow(folder, store))
    with (folder / "a.txt").open("a") as file:
        file.write("site7.example\nno host\n")
    (folder / "b.txt").write_text("site1.example\n")
    (folder / ".part").write_text("unfinished.example\n")
    run(follow(folder, store))
    counts = {count.source: count[2:] for count in store.day_counts(0)}
    assert counts == {"a.txt": (8, 8, 1), "b.txt": (1, 0, 0)}


def test_a_folder_that_is_missing_is_looked_for_again(tmp_path: Path, store: SiteWatchStore) -> None:
    assert follow(tmp_path / "none", store).step() > 0


def test_files_with_faults_are_read_up_to_them_and_the_next_file_follows(tmp_path: Path, store: SiteWatchStore) -> None:
    lines = "".join(f"site{number}.example\n" for number in range(20_000))
    folder = tmp_path / "names"
    folder.mkdir()
    (folder / "a.txt.gz").write_bytes(gzip.compress(lines.encode())[:-20_000])
    (folder / "b.gz").write_bytes(b"no gzip")
    (folder / "c.csv").write_text('domain\nfirst.example\n"' + lines)
    (folder / "d.jsonl").write_text("[" * 8_000 + '\n{"domain": "second.example"}\n')
    (folder / "e.txt").symlink_to("none")
    (folder / "f.txt").write_text("http://[x\nthird.example\n")
    run(follow(folder, store))
    counts = {count.source: count[2:] for count in store.day_counts(0)}
    assert counts["a.txt.gz"][0] > 0
    assert {name: counts[name] for name in ("c.csv", "d.jsonl", "f.txt")} == {
        "c.csv": (1, 1, 1),
        "d.jsonl": (1, 1, 1),
        "f.txt": (1, 1, 1),
    }
    assert all(counts[name][2] == 1 for name in ("a.txt.gz", "b.gz"))


def test_a_file_that_cannot_be_opened_is_tried_again_when_its_rights_change(
    tmp_path: Path, store: SiteWatchStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.txt").write_text("first.example\n")
    followed = follow(tmp_path, store)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", lambda *_: (_ for _ in ()).throw(PermissionError("no right")))
        run(followed)
    assert store.day_counts(0) == []
    (tmp_path / "a.txt").chmod(0o640)
    run(followed)
    assert [count.names for count in store.day_counts(0)] == [1]
