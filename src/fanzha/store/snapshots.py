"""The snapshot store: `snapshots/` in the state folder, where `current` names the served base and its deltas.

Files are written atomically, and `current` is replaced last, so readers find all files that it names. Unnamed files are
kept for a while for screens that are opening them; a mapped file may be removed at any time. Files never change. If one
is damaged nevertheless, the next base is built over it.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from fanzha.base.errors import FanzhaError, UsageError
from fanzha.claims.contents_builder import Subject, build_contents
from fanzha.claims.delta_merge import changes_since, merge_deltas
from fanzha.claims.difference import Difference, Limits, compare_states
from fanzha.claims.snapshot import (
    MOST_CHANGES,
    Approval,
    Contents,
    SectionData,
    SnapshotFile,
    SnapshotHead,
    check,
    compile_base,
    compile_delta,
)
from fanzha.claims.snapshot_entry import SnapshotEntry
from fanzha.claims.snapshot_format.profiles import SIMULATED
from fanzha.claims.snapshot_state import SnapshotState
from fanzha.store.keys import load_key
from fanzha.store.private_files import lock_folder, write_private_file
from fanzha.store.snapshot_files import (
    POINTER,
    CurrentSnapshot,
    NamedFile,
    last_named_sequence,
    map_named_file,
    read_current,
    recover_snapshots,
)
from fanzha.store.state_folder import state_folder

SALT_BYTES = 16
BASES_KEPT = 2
#: The maximum number of deltas of a base. The next delta is published with all of them folded into one.
MAX_DELTAS = 64


class BaseRequired(UsageError):
    """There is no base, or it has changed so much that a new base is required."""


class ChangeLimitExceeded(UsageError):
    """A snapshot would change more than the operator allows without an approval."""


class PublishedSnapshot(NamedTuple):
    """The published snapshot, and its difference to the one before.

    `damage` says what was wrong with the one before; the difference is then to the last intact one.
    """

    current: CurrentSnapshot
    file: Path
    difference: Difference
    damage: str = ""


class _OpenedSnapshot(NamedTuple):
    """The last intact snapshot: its sequence number and files; a later number may be in use by damaged files."""

    names: tuple[NamedFile, ...]
    files: list[SnapshotFile]
    last_sequence: int
    damage: str = ""


def snapshots_folder(folder: Path | None = None) -> Path:
    """Return the folder of snapshots."""
    return (folder or state_folder()) / "snapshots"


class SnapshotStore:
    """The snapshot files of one folder, with one writer at a time and any number of readers."""

    def __init__(self, folder: Path | None = None, limits: Limits | None = None) -> None:
        """Use a folder (default: `snapshots` in the state folder) and limits of change."""
        self.folder, self._limits = folder or snapshots_folder(), limits or Limits()

    @property
    def pointer(self) -> Path:
        """The file that names the current snapshot. Screens check it several times a second."""
        return self.folder / POINTER

    @property
    def salt(self) -> bytes:
        """The salt of hashes in a new base, which is secret to this installation."""
        return load_key("snapshot")[:SALT_BYTES]

    def current(self) -> CurrentSnapshot | None:
        """Return the current snapshot, or None if nothing was published. Raise UsageError if the pointer is invalid."""
        return read_current(self.pointer)

    def open(self, current: CurrentSnapshot) -> list[SnapshotFile]:
        """Map the files of a snapshot, the base first. Only their identities are verified."""
        return [map_named_file(self.folder, named) for named in current.files]

    def state(self) -> SnapshotState | None:
        """Return the state of the current snapshot, or None if nothing was published."""
        current = self.current()
        return SnapshotState(*_split(self.open(current))) if current else None

    def intact_state(self) -> SnapshotState | None:
        """Return the state of the last intact snapshot, every byte verified; None if there is none."""
        files = self._open_intact().files
        return SnapshotState(*_split(files)) if files else None

    def publish_base(
        self,
        contents: Contents,
        *,
        at: int,
        approval: Approval | None = None,
        by: str = "",
        since: SnapshotState | None = None,
    ) -> PublishedSnapshot:
        """Publish a new base of the organisation `by`. Raise ChangeLimitExceeded if it differs too much.

        Deltas published after the state `since` are kept, because they are newer than the contents. A damaged snapshot
        is replaced: the last intact one takes its place in the comparison, and its files are kept.
        """
        with lock_folder(self.folder):
            before = self._open_intact()
            files = before.files
            head = SnapshotHead(
                what="base",
                sequence=(sequence := before.last_sequence + 1),
                created_at=at,
                organization=by,
                before=files[-1].identity if files else "",
                salt=self.salt.hex(),
                simulated=_has_simulated(contents),
                approval=approval,
                approved=_last_approved(files, sequence, approval),
            )
            base = _build_file(compile_base(contents, head), head)
            new = [base, *_build_late_delta(files, since, base)] if since and files else [base]
            published = self._publish(new, files, (), at)
            self._prune_bases({named.name for named in (*published.current.files, *before.names)})
        return published._replace(damage=before.damage)

    def publish_delta(
        self,
        changes: Mapping[Subject, SnapshotEntry | None] | Contents,
        *,
        at: int,
        lists: Sequence[SectionData] = (),
        approval: Approval | None = None,
        by: str = "",
    ) -> PublishedSnapshot:
        """Publish changed subjects with their new entries (None: no longer listed), and replaced lists.

        It takes some milliseconds for any size of the base. Raise ChangeLimitExceeded, or BaseRequired if a new base is
        due.
        """
        contents = changes if isinstance(changes, Contents) else build_contents(changes, lists)
        with lock_folder(self.folder):
            before, files = self._open_current()
            if before is None:
                raise BaseRequired("there is no base to change", fix="publish one with `fanzha snapshot build`")
            kept_files = files
            if len(files) > MAX_DELTAS or _count_delta_changes(files) + _count_changes(contents) > MOST_CHANGES:
                kept_files = _fold_deltas(files)
            if _count_delta_changes(kept_files) + _count_changes(contents) > MOST_CHANGES:
                raise BaseRequired(
                    f"more than {MOST_CHANGES:,} subjects changed since the base",
                    fix="publish a new base with `fanzha snapshot build`",
                )
            delta = _build_delta(contents, kept_files, at=at, by=by, approval=approval)
            if kept_files is files:
                return self._publish([delta], files, before.files, at)
            published = self._publish([*kept_files[1:], delta], files, before.files[:1], at)
            self._prune_deltas(before)
        return published

    def confirm(self, at: int) -> CurrentSnapshot:
        """Confirm the current snapshot. Screens raise an alarm if it was not confirmed for long."""
        with lock_folder(self.folder):
            current = self.current()
            if current is None:
                raise UsageError("there is no snapshot to confirm", fix="publish one with `fanzha snapshot build`")
            return self._write_pointer(msgspec.structs.replace(current, confirmed_at=max(at, current.confirmed_at)))

    def _open_current(self) -> tuple[CurrentSnapshot | None, list[SnapshotFile]]:
        current = self.current()
        return current, self.open(current) if current else []

    def _open_intact(self) -> _OpenedSnapshot:
        """Open the current snapshot, or the last intact one if it is damaged."""
        try:
            current, files = self._open_current()
            for file in files:
                check(file)
            if current is None:
                return _OpenedSnapshot((), [], 0)
            SnapshotState(*_split(files))
            return _OpenedSnapshot(current.files, files, current.sequence)
        except FanzhaError as error:
            damage = error.what
        recovered = next(recover_snapshots(self.folder), None)
        sequence = max(last_named_sequence(self.folder), self._read_sequence())
        if recovered is None:
            return _OpenedSnapshot((), [], sequence, damage)
        return _OpenedSnapshot(recovered.current.files, recovered.files, sequence, damage)

    def _read_sequence(self) -> int:
        try:
            current = self.current()
        except FanzhaError:
            return 0
        return current.sequence if current else 0

    def _publish(
        self, new: Sequence[SnapshotFile], before: Sequence[SnapshotFile], kept_names: tuple[NamedFile, ...], at: int
    ) -> PublishedSnapshot:
        """Check the limits, write the files, and append them to the files that `current` keeps."""
        after = SnapshotState(*_split([*before[: len(kept_names)], *new]))
        difference = compare_states(SnapshotState(*_split(before)) if before else None, after)
        if (reasons := self._limits.exceeded(difference)) and not any(file.head.approval for file in new):
            raise ChangeLimitExceeded(
                "；".join(reason.zh for reason in reasons) + "\n  " + "; ".join(reason.en for reason in reasons),
                fix="核对无误后用 --approve-by 姓名 --why 理由 批准 look at it, then --approve-by NAME --why TEXT",
            )
        paths = [self.folder / f"{file.name}-{file.identity[:8]}.snapshot" for file in new]
        for path, file in zip(paths, new, strict=True):
            write_private_file(path, file.data)
        names = (*kept_names, *(NamedFile(path.name, file.identity) for path, file in zip(paths, new, strict=True)))
        current = CurrentSnapshot(sequence=new[-1].head.sequence, base=names[0], deltas=names[1:], confirmed_at=at)
        return PublishedSnapshot(self._write_pointer(current), paths[-1], difference)

    def _write_pointer(self, current: CurrentSnapshot) -> CurrentSnapshot:
        write_private_file(self.pointer, msgspec.json.encode(current))
        return current

    def _prune_bases(self, used_names: set[str]) -> None:
        """Remove all files before the newest bases that are not in use."""
        files = sorted(self.folder.glob("*.snapshot"), key=lambda path: path.name.split("-")[1])
        bases = [path for path in files if path.name.startswith("base-")]
        kept_names = (
            {path.name for path in files[files.index(bases[-BASES_KEPT]) :]} if len(bases) > BASES_KEPT else None
        )
        for path in files:
            if kept_names is not None and path.name not in kept_names | used_names:
                path.unlink()

    def _prune_deltas(self, before: CurrentSnapshot) -> None:
        """Remove the deltas of this base that were folded the previous time. Those folded now are kept for a while."""
        base, oldest = (int(file.name.split("-")[1]) for file in before.files[:2])
        for path in self.folder.glob("delta-*.snapshot"):
            if base < int(path.name.split("-")[1]) < oldest:
                path.unlink()


def _split(files: Sequence[SnapshotFile]) -> tuple[SnapshotFile, Sequence[SnapshotFile]]:
    return files[0], files[1:]


def _build_file(pieces: Sequence[bytes | memoryview], head: SnapshotHead) -> SnapshotFile:
    return SnapshotFile(memoryview(b"".join(pieces)), f"{head.what}-{head.sequence:08}")


def _fold_deltas(files: list[SnapshotFile]) -> list[SnapshotFile]:
    """Return the base and, if there are deltas, one delta that combines them."""
    if len(files) < 2:
        return files
    head = files[-1].head
    contents = merge_deltas(SnapshotState(*_split(files)))
    return [files[0], _build_delta(contents, files[:1], newest=files[-1], at=head.created_at, by=head.organization)]


def _build_late_delta(files: list[SnapshotFile], since: SnapshotState, base: SnapshotFile) -> list[SnapshotFile]:
    """Return a delta of a new base with the changes after the state `since`, if there are any."""
    head, contents = base.head, changes_since(SnapshotState(*_split(files)), since)
    if not (_count_changes(contents) or contents.lists or contents.urls is not None):
        return []
    return [_build_delta(contents, [base], at=head.created_at, by=head.organization)]


def _build_delta(
    contents: Contents,
    files: Sequence[SnapshotFile],
    *,
    at: int,
    by: str,
    newest: SnapshotFile | None = None,
    approval: Approval | None = None,
) -> SnapshotFile:
    """Return a delta to these files, with the sequence number after the newest file."""
    newest = newest or files[-1]
    sequence = newest.head.sequence + 1
    head = SnapshotHead(
        what="delta",
        sequence=sequence,
        created_at=at,
        organization=by,
        base=files[0].identity,
        before=files[-1].identity,
        salt=files[0].head.salt,
        simulated=_has_simulated(contents),
        approval=approval,
        approved=sequence if approval else newest.head.approved,
    )
    return _build_file(compile_delta(contents, head), head)


def _has_simulated(contents: Contents) -> bool:
    return bool(contents.profiles.rows[:, SIMULATED].any())


def _last_approved(before: Sequence[SnapshotFile], sequence: int, approval: Approval | None) -> int:
    return sequence if approval else before[-1].head.approved if before else 0


def _count_delta_changes(files: Sequence[SnapshotFile]) -> int:
    return sum(file.head.facts.get(name, 0) for file in files[1:] for name in ("numbers", "others"))


def _count_changes(contents: Contents) -> int:
    return len(contents.keys) + len(contents.other_subjects) + len(contents.hashed)
