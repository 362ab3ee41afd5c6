"""The pinned public key of anchors: `keys/anchors.pinned` of the state folder, outside database and anchor folders.

The file is written when the site first starts. Its first line is the public key, each further line a change of the key,
signed by the previous key. A person who can change the database and the anchor folders cannot replace the key.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from fanzha.base.clock import to_ms
from fanzha.base.errors import FanzhaError
from fanzha.command.audit.anchor_files import read_folder_file
from fanzha.command.audit.log_writer import lock_head
from fanzha.command.audit.models import LogAnchor
from fanzha.command.audit.recorder import recorded
from fanzha.command.audit.signing import activate_next_key, create_next_key, is_valid_signature, public_key, sign
from fanzha.processes.log.anchor import NoAnchor
from fanzha.processes.log.anchor_key import KeyChange, TrustedKeys, parse_key_change, parse_public_key
from fanzha.processes.log.entry import Draft
from fanzha.store.private_files import lock_folder, write_private_file
from fanzha.store.state_folder import state_folder

CHANGE_SUFFIX = ".anchor-key"


class ForeignSigningKey(FanzhaError):
    """The key `keys/anchors` is not the pinned one, so no anchor is signed (exit 1)."""

    exit_code = 1


class PinnedKey(NamedTuple):
    """The key pinned at the first start, and the statements about its successors."""

    first: str  # public key, hex
    changes: tuple[KeyChange, ...]


def read_pinned_key() -> PinnedKey | None:
    """Return the pinned key, None if the file does not exist. Raise NoAnchor if the file is invalid."""
    path = _path()
    if not path.is_file():
        return None
    first, *lines = path.read_text("utf-8", "replace").splitlines() or [""]
    try:
        return PinnedKey(parse_public_key(first), tuple(_parse_changes(lines)))
    except NoAnchor as error:
        raise NoAnchor(f"{path}: {error.what}", fix="restore the file from a backup") from None


def pin_key() -> str | None:
    """Pin the public key if none is pinned, and return it; return None if a key was pinned before."""
    path = _path()
    key = public_key()
    with lock_folder(path.parent):
        if path.exists():
            return None
        write_private_file(path, f"{key}\n".encode())
    return key


def check_signing_key(log: str) -> None:
    """Raise ForeignSigningKey if anchors of a log would be signed by another key than the pinned one."""
    pin_key()
    pinned = read_pinned_key()
    assert pinned is not None
    current = TrustedKeys(log, pinned.first, pinned.changes).current
    activate_next_key(current)
    if public_key() != current:
        raise ForeignSigningKey(
            "keys/anchors 与登记的公钥不符，未签发锚点 "
            f"keys/anchors is not the pinned key {current}: nothing was anchored",
            fix="restore keys/anchors and keys/anchors.pinned from one backup; fanzha audit change-key changes a key",
        )


def trusted_keys(log: str, key: str = "", folders: Iterable[Path] = ()) -> TrustedKeys | None:
    """Return the keys that anchors of a log may be signed by; None if none is pinned.

    They start from `key` if it is given, else from the pinned key. Changes are read from the pin file and `folders`.
    Raise NoAnchor.
    """
    pinned = read_pinned_key()
    first = key or (pinned.first if pinned else "")
    if not first:
        return None
    changes = [*(pinned.changes if pinned else ()), *(change for folder in folders for change in _read_changes(folder))]
    return TrustedKeys(log, first, changes)


def change_key(now: datetime, actor: str) -> KeyChange:
    """Make a new key and pin it by a statement that the old key signs; the change is on record. Raise NoAnchor."""
    with recorded() as log:
        head = lock_head()
        check_signing_key(head.identity)
        last = LogAnchor.objects.order_by("number").last()
        statement = KeyChange(head.identity, last.number if last else 0, public_key(), create_next_key(), to_ms(now))
        change = statement._replace(signature=sign(statement.text.encode()).hex())
        facts = {"old": change.old, "new": change.new, "batch": change.number}
        log.add(Draft("anchor_key_changed", to_ms(now), actor, "", facts=facts))
        path = _path()
        write_private_file(path, path.read_bytes() + f"{change.line}\n".encode())
        activate_next_key(change.new)
    return change


def copy_changes(folder: Path) -> None:
    """Write each change of the key to a folder of anchors that lacks it. Raise NoAnchor or OSError."""
    pinned = read_pinned_key()
    for change in pinned.changes if pinned else ():
        path = folder / f"{change.log[:8]}-{change.number:012}-{change.new[:8]}{CHANGE_SUFFIX}"
        if not path.exists():
            path.write_text(f"{change.line}\n", "utf-8")


def _read_changes(folder: Path) -> Iterator[KeyChange]:
    for file in sorted(folder.rglob(f"*{CHANGE_SUFFIX}")) if folder.is_dir() else []:
        yield from _parse_changes(read_folder_file(file).decode("utf-8", "replace").splitlines())


def _parse_changes(lines: Iterable[str]) -> Iterator[KeyChange]:
    return (parse_key_change(line, is_valid_signature) for line in lines if line.strip())


def _path() -> Path:
    return state_folder() / "keys" / "anchors.pinned"
