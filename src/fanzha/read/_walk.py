"""Find the sources below files and folders: every file is recognised, known not to be data, or a reject."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from fanzha.base.errors import WrongCall
from fanzha.base.words import Words
from fanzha.read._map.find import FOLDER_MAP, find_map
from fanzha.read._opening import opened, zip_members
from fanzha.read._reader import HEAD_BYTES, Head, Reader, Source
from fanzha.read._rejects import Unreadable
from fanzha.read._unsupported import unsupported

MOST_FILES = 200_000
#: Files that stand beside data and are none; passed over in folders, tried when named.
_NOT_DATA = (".toml", ".md", ".rst", ".html", ".htm", ".pdf", ".doc", ".docx", ".png", ".jpg", ".jpeg", ".gif", ".svg",
             ".py", ".sh", ".sql", ".part", ".tmp", ".wav", ".mp3", ".apk", ".npz", ".zone")  # fmt: skip
_NOT_DATA_NAMES = (
    "license",
    "licence",
    "notice",
    "readme",
    "readme.txt",
    "makefile",
    "rejects.jsonl",
    "findings.parquet",
    "truth.parquet",  # the answer sheet of a simulation
)
EMPTY = Words("空文件", "an empty file")
DANGLING = Words("链接指向的文件不存在", "a link to a file that is not there")


def sources(
    paths: Iterable[Path], readers: Iterable[Reader], map_file: Path | None, table: str, out: Path | None
) -> Iterator[Source]:
    """Yield the sources below the paths, sorted; a source that cannot be read says why."""
    known = list(readers)
    for path in _files(paths, out):
        if path.is_symlink() and not path.exists():
            yield Source(path, problem=DANGLING)
            continue
        try:
            members = [member for member, _ in zip_members(path) or ()] if path.is_file() else []
            if members and not _is_workbook(members):
                for member in members:
                    if not any(_beside(Path(part)) for part in Path(member).parts):
                        yield _source(path, member, known, map_file, table)
            else:
                yield _source(path, "", known, map_file, table)
        except Unreadable as error:
            yield Source(path, problem=error.words, size=_size(path))
        except OSError:
            yield Source(path, problem=Words("无法读取", "it cannot be read"))


def _is_workbook(members: list[str]) -> bool:
    return "xl/workbook.xml" in members


def _source(path: Path, member: str, readers: list[Reader], map_file: Path | None, table: str) -> Source:
    map_ = find_map(path, map_file)
    try:
        head = _head(path, member)
    except Unreadable as error:
        return Source(path, member, problem=error.words, size=_size(path))
    if not head.data.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        return Source(path, member, problem=EMPTY, size=_size(path))
    scored = [(reader.recognise(head), -place, reader.name) for place, reader in enumerate(readers)]
    score, _, name = max(scored, default=(0.0, 0, ""))
    if map_ is not None and map_.format:
        if map_.format not in {reader.name for reader in readers}:
            fix = f"one of: {', '.join(reader.name for reader in readers)}"
            raise WrongCall(f"{path.name}: the map's format {map_.format!r} is not known", fix=fix)
        score, name = 1.0, map_.format
    problem = None if score > 0 else unsupported(head.data)
    return Source(path, member, name if score > 0 else "", map_, table, _size(path), problem)


def _head(path: Path, member: str) -> Head:
    with opened(path, member) as stream:
        data = stream.read(HEAD_BYTES)
        more = stream.read(1) if len(data) == HEAD_BYTES else b""
    return Head((member or path.name).lower().removesuffix(".gz"), data, not more)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _files(paths: Iterable[Path], out: Path | None) -> Iterator[Path]:
    hidden = out.resolve() if out is not None else None
    given = 0
    seen: set[str] = set()
    for path in paths:
        for file in _below(path, hidden) if path.is_dir() else [path]:
            if (real := os.path.realpath(file)) in seen:  # also of links that lead in circles
                continue
            seen.add(real)
            given += 1
            if given > MOST_FILES:
                raise WrongCall(f"more than {MOST_FILES} files", fix="name fewer folders at a time")
            yield file


def _below(folder: Path, hidden: Path | None) -> Iterator[Path]:
    """Walk a folder in name order, without hidden files, links that lead back, and the results of a run."""
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(
            one for one in folders if not one.startswith(".") and (Path(root) / one).resolve() != hidden
        )
        for name in sorted(files):
            path = Path(root) / name
            if not _beside(path):
                yield path


def _beside(path: Path) -> bool:
    name = path.name.lower()
    return (
        name.startswith((".", "~$", "__macosx"))
        or path.suffix.lower() in _NOT_DATA
        or name in (*_NOT_DATA_NAMES, FOLDER_MAP)
    )
