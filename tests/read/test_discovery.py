"""Files are found below folders in order; each is recognised, known not to be data, or says why it is not."""

import zipfile
from pathlib import Path

import pytest

from fanzha.base.errors import UsageError
from fanzha.read import ReadContext, all_readers, find_sources, read_source
from fanzha.read._discovery import UNKNOWN, explain_unsupported

CALLS = "主叫号码,被叫号码,开始时间\n19100000001,19900000001,20260301083015\n"


def names(*paths: Path, out: Path | None = None) -> list[tuple[str, str]]:
    return [(source.name.rsplit("/", 1)[-1], source.format) for source in find_sources(paths, out=out)]


def test_a_folder_is_walked_in_order_without_what_is_no_data(tmp_path: Path) -> None:
    for name in ("b.csv", "a/z.csv", "a/README.md", ".hidden.csv", ".git/x.csv", "a.csv.toml.bak", "out/findings.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(CALLS)
    (tmp_path / "b.csv.toml").write_text('table = "calls"\n')
    assert names(tmp_path, out=tmp_path / "out") == [
        ("a.csv.toml.bak", "delimited-text"), ("b.csv", "delimited-text"), ("z.csv", "delimited-text"),
    ]  # fmt: skip


def test_the_answer_sheet_of_a_simulation_is_no_data(tmp_path: Path) -> None:
    for name in ("a.csv", "truth/truth.parquet", "README.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(CALLS)
    assert names(tmp_path) == [("a.csv", "delimited-text")]


def test_a_file_named_twice_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(CALLS)
    (tmp_path / "link.csv").symlink_to(tmp_path / "a.csv")
    assert names(tmp_path / "a.csv", tmp_path, tmp_path) == [("a.csv", "delimited-text")]


def test_a_link_to_nothing_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.csv").symlink_to(tmp_path / "gone.csv")
    (source,) = find_sources([tmp_path])
    assert [reject.reason for reject in read_source(source, ReadContext(0)).rejects] == [
        "a link to a file that is not there"
    ]


def test_every_member_of_a_zip_file_is_a_source(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name in ("y.csv", "x.txt", "__MACOSX/y.csv", "notes.md"):
            archive.writestr(name, CALLS if name.endswith("csv") else "a.example\nb.example\n")
    assert names(tmp_path) == [("a.zip!x.txt", "plain-list"), ("a.zip!y.csv", "delimited-text")]


def test_what_nobody_understands_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(bytes(range(256)) * 9)
    (tmp_path / "b.csv").write_bytes(b"\n \n")
    (tmp_path / "c.zip").write_bytes(b"PK\x03\x04 broken")
    wholes = [read_source(source, ReadContext(0)) for source in find_sources([tmp_path])]
    assert [[reject.reason for reject in whole.rejects] for whole in wholes] == [
        ["no reader understands this file"], ["an empty file"], ["the packed file is cut off or damaged"],
    ]  # fmt: skip
    assert [(whole.read, whole.used) for whole in wholes] == [(1, 0)] * 3


def test_the_map_of_a_source_is_found_or_given(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(CALLS)
    (tmp_path / "m.toml").write_text('table = "calls"\nsource = "given"\n')
    assert [source.map for source in find_sources([tmp_path])] == [None]
    (source,) = find_sources([tmp_path], map_file=tmp_path / "m.toml")
    assert source.map is not None and source.map.source == "given"


def test_a_map_may_choose_the_reader(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(CALLS)
    (tmp_path / "a.csv.toml").write_text('table = "calls"\nformat = "plain-list"\n')
    assert names(tmp_path) == [("a.csv", "plain-list")]
    (tmp_path / "a.csv.toml").write_text('table = "calls"\nformat = "csv"\n')
    with pytest.raises(UsageError, match="delimited-text"):
        find_sources([tmp_path])


def test_every_reader_has_a_name_of_its_own_and_titles_in_both_languages() -> None:
    for name, reader in all_readers().items():
        assert name == reader.name and reader.title.zh and reader.title.en


@pytest.mark.parametrize(
    ("head", "says"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".xlsx"), (b"%PDF-1.7", "table"), (b"Rar!\x1a\x07", "unpack"),
        (b"SQLite format 3\x00", "CSV"), (bytes(257) + b"ustar", "unpack"), (b"\x89PNG\r\n\x1a\n", "picture"),
    ],
)  # fmt: skip
def test_known_beginnings_have_an_answer(head: bytes, says: str) -> None:
    assert says in explain_unsupported(head).en and explain_unsupported(head).zh


def test_anything_else_is_not_known() -> None:
    assert explain_unsupported(b"\x00\x01\x02") == explain_unsupported(b"") == UNKNOWN
