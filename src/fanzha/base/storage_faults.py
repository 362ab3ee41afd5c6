"""Recognise errors of a disk or a database that an operator can fix, and say what to do."""

import errno
from collections.abc import Iterator

from fanzha.base.errors import FanzhaError

_FULL = "腾出空间后重新执行 make room, then run it again"
_READ_ONLY = (
    "请以可写方式挂载，或换一个文件夹 mount it for writing (mount -o remount,rw; a failing disk turns read-only: see "
    "dmesg), or name another folder"
)
_FAILING = "磁盘可能已损坏，请查看 dmesg；用备份恢复 the disk may be failing: see dmesg, and restore from a backup"
_PERMISSION = "请检查文件夹的所有者与权限 look at the owner and the mode of the folder"
_DAMAGED = "请用 fanzha restore 恢复备份 restore a backup with `fanzha restore` on an empty state folder"
_LOCKED = (
    "有其他进程占用数据库，稍后重试 another process holds it: try again later, and see who has the file open (fuser)"
)
_GONE = "请确认数据库已启动，FANZHA_DATABASE_URL 正确 see that the database runs and FANZHA_DATABASE_URL names it"

_FIXES_BY_NUMBER = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EFBIG: _FULL,
    errno.EROFS: _READ_ONLY,
    errno.EIO: _FAILING,
    errno.EACCES: _PERMISSION,
    errno.EPERM: _PERMISSION,
}
#: What libraries say whose errors carry no number: DuckDB, Arrow, SQLite and the driver of PostgreSQL.
_FIXES_BY_TEXT = {
    "no space left on device": _FULL,
    "disk quota exceeded": _FULL,
    "file too large": _FULL,
    "database or disk is full": _FULL,
    "read-only file system": _READ_ONLY,
    "attempt to write a readonly database": _READ_ONLY,
    "input/output error": _FAILING,
    "disk i/o error": _FAILING,
    "permission denied": _PERMISSION,
    "unable to open database file": _PERMISSION,
    "database disk image is malformed": _DAMAGED,
    "file is not a database": _DAMAGED,
    "database is locked": _LOCKED,
    "lock timeout": _LOCKED,
    "connection failed": _GONE,
    "connection refused": _GONE,
    "server closed the connection": _GONE,
    "terminating connection": _GONE,
    "the connection is closed": _GONE,
    "the database system is": _GONE,
}


_LIBRARIES = ("django", "psycopg", "sqlite3", "_sqlite3", "duckdb", "_duckdb", "pyarrow")


class StorageFault(FanzhaError):
    """The disk or the database cannot be used (exit 1)."""

    exit_code = 1


def find_storage_fault(error: BaseException) -> StorageFault | None:
    """Return the message for a storage error or its cause; None for other errors."""
    for cause in _causes(error):
        if isinstance(cause, OSError) and (fix := _FIXES_BY_NUMBER.get(cause.errno or 0)):
            name = f"{cause.filename}: " if cause.filename else ""
            return StorageFault(f"{name}{cause.strerror or cause}", fix=fix)
        if not _speaks_of_storage(cause):
            continue
        text = str(cause)
        for words, fix in _FIXES_BY_TEXT.items():
            if words in text.lower():
                return StorageFault(text.strip(), fix=fix)
    return None


def _speaks_of_storage(error: BaseException) -> bool:
    """Return whether the text of an error is one of a library for files or databases."""
    if isinstance(error, OSError):
        return error.errno is None
    return any(type_.__module__.partition(".")[0] in _LIBRARIES for type_ in type(error).__mro__)


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen = set[int]()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or current.__context__
