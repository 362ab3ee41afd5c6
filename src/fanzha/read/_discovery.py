"""Find sources in files and folders: every file is recognised, ignored as non-data, or rejected."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from fanzha.base.errors import UsageError
from fanzha.base.words import Words
from fanzha.read._map.lookup import FOLDER_MAP, find_map
from fanzha.read._reader import HEAD_BYTES, FileHead, Reader, SourceFile
from fanzha.read._rejects import UnreadableSource
from fanzha.read._stream import list_zip_members, open_stream

UNKNOWN = Words("无法识别的格式", "no reader understands this file")
_OLD_OFFICE = Words("旧版 Office 文件；请另存为 .xlsx 或 CSV", "an old Office file: save it as .xlsx or CSV")
_PACKED = Words("请先解压该压缩包", "unpack this archive first (.gz and .zip are opened)")
_DATABASE = Words("数据库文件；请导出为 CSV", "a database file: export its table as CSV")
_PAGES = Words("版式文档；请导出为表格", "a document of pages: export its table")
_MEDIA = Words("图片、声音或视频", "a picture, sound or film")
_SIGNATURES: tuple[tuple[bytes, Words], ...] = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _OLD_OFFICE),
    (b"Rar!\x1a\x07", _PACKED),
    (b"7z\xbc\xaf\x27\x1c", _PACKED),
    (b"BZh", _PACKED),
    (b"\xfd7zXZ\x00", _PACKED),
    (b"\x28\xb5\x2f\xfd", _PACKED),
    (b"SQLite format 3\x00", _DATABASE),
    (b"%PDF-", _PAGES),
    (b"\x89PNG\r\n", _MEDIA),
    (b"\xff\xd8\xff", _MEDIA),
    (b"RIFF", _MEDIA),
)


def explain_unsupported(head: bytes) -> Words:
    """Return why a file is not supported and what to do, by its signature."""
    if head[257:262] == b"ustar":
        return _PACKED
    return next((words for beginning, words in _SIGNATURES if head.startswith(beginning)), UNKNOWN)


MAX_FILES = 200_000
#: Suffixes of files that are not data. They are ignored in folders, but read if named by the caller.
_IGNORED_SUFFIXES = (
    ".toml", ".md", ".rst", ".html", ".htm", ".pdf", ".doc", ".docx", ".png", ".jpg", ".jpeg", ".gif", ".svg", ".py",
    ".sh", ".sql", ".part", ".tmp", ".wav", ".mp3", ".npz", ".zone",
)  # fmt: skip
_IGNORED_NAMES = (
    "license",
    "licence",
    "notice",
    "readme",
    "readme.txt",
    "makefile",
    "rejects.jsonl",
    "findings.parquet",
    "truth.parquet",  # the labels of a simulation
)
#: Zip files that are one thing; their directory may be broken on purpose, so that only their reader opens it.
_PACKAGE_SUFFIXES = (".apk", ".xapk", ".apks", ".apkm")
EMPTY = Words("空文件", "an empty file")
BROKEN_LINK = Words("链接指向的文件不存在", "a link to a file that is not there")


def find_sources(
    paths: Iterable[Path], readers: Iterable[Reader], map_file: Path | None, table: str, out: Path | None
) -> Iterator[SourceFile]:
    """Yield the sources in the paths, sorted. `problem` says why a source cannot be read."""
    reader_list = list(readers)
    for path in walk_files(paths, out):
        if path.is_symlink() and not path.exists():
            yield SourceFile(path, problem=BROKEN_LINK)
            continue
        try:
            is_whole = not path.is_file() or path.name.lower().endswith(_PACKAGE_SUFFIXES)
            members = [] if is_whole else [member for member, _ in list_zip_members(path) or ()]
            if members and not _is_document(members):
                for member in members:
                    if not any(_is_ignored(Path(part)) for part in Path(member).parts):
                        yield _identify_source(path, member, reader_list, map_file, table)
            else:
                yield _identify_source(path, "", reader_list, map_file, table)
        except UnreadableSource as error:
            yield SourceFile(path, problem=error.words, size=_file_size(path))
        except OSError:
            yield SourceFile(path, problem=Words("无法读取", "it cannot be read"))


def _is_document(members: list[str]) -> bool:
    """Return whether a zip file is one thing, a workbook or an Android package, and no archive of files."""
    return "xl/workbook.xml" in members or "AndroidManifest.xml" in members


def _identify_source(path: Path, member: str, readers: list[Reader], map_file: Path | None, table: str) -> SourceFile:
    map_ = find_map(path, map_file)
    try:
        head = _read_head(path, member)
    except UnreadableSource as error:
        return SourceFile(path, member, problem=error.words, size=_file_size(path))
    if not head.data.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        return SourceFile(path, member, problem=EMPTY, size=_file_size(path))
    scored = [(reader.recognise(head), -order, reader.name) for order, reader in enumerate(readers)]
    score, _, name = max(scored, default=(0.0, 0, ""))
    if map_ is not None and map_.format:
        if map_.format not in {reader.name for reader in readers}:
            fix = f"one of: {', '.join(reader.name for reader in readers)}"
            raise UsageError(f"{path.name}: the map's format {map_.format!r} is not known", fix=fix)
        score, name = 1.0, map_.format
    problem = None if score > 0 else explain_unsupported(head.data)
    return SourceFile(path, member, name if score > 0 else "", map_, table, _file_size(path), problem)


def _read_head(path: Path, member: str) -> FileHead:
    with open_stream(path, member) as stream:
        data = stream.read(HEAD_BYTES)
        next_byte = stream.read(1) if len(data) == HEAD_BYTES else b""
    return FileHead((member or path.name).lower().removesuffix(".gz"), data, not next_byte)


def _file_size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def walk_files(paths: Iterable[Path], out: Path | None) -> Iterator[Path]:
    """Yield the files in these files and folders, each once, without ignored ones and the folder `out`."""
    excluded = out.resolve() if out is not None else None
    count = 0
    real_paths: set[str] = set()
    for path in paths:
        for file in _walk_folder(path, excluded) if path.is_dir() else [path]:
            if (real := os.path.realpath(file)) in real_paths:  # also ends cycles of links
                continue
            real_paths.add(real)
            count += 1
            if count > MAX_FILES:
                raise UsageError(f"more than {MAX_FILES} files", fix="name fewer folders at a time")
            yield file


def _walk_folder(folder: Path, excluded: Path | None) -> Iterator[Path]:
    """Yield the files of a folder in name order, without ignored files and the folder `excluded`."""
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(
            folder_name
            for folder_name in folders
            if not folder_name.startswith(".") and (Path(root) / folder_name).resolve() != excluded
        )
        for name in sorted(files):
            path = Path(root) / name
            if not _is_ignored(path):
                yield path


def _is_ignored(path: Path) -> bool:
    name = path.name.lower()
    return (
        name.startswith((".", "~$", "__macosx"))
        or path.suffix.lower() in _IGNORED_SUFFIXES
        or name in (*_IGNORED_NAMES, FOLDER_MAP)
    )
