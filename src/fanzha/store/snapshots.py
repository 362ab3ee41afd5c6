"""Snapshot files: `snapshots/` in the state folder, where `current` names the base and the deltas that are served.

A file is written whole, flushed and put in its place by a rename before `current` names it, and `current` is renamed
last: whoever reads it finds everything it names. Files that are no longer named are kept for a while, so that a screen
that is just opening them can; a mapped file may be removed at any time. Files are never written to again.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from fanzha.base.errors import WrongCall
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
    compile_base,
    compile_delta,
)
from fanzha.claims.snapshot_entry import SnapshotEntry
from fanzha.claims.snapshot_format.profiles import SIMULATED
from fanzha.claims.snapshot_state import SnapshotState
from fanzha.store.keys import key
from fanzha.store.private_files import locked, write_privately
from fanzha.store.snapshot_files import POINTER, Current, Named, map_named, read_current
from fanzha.store.state_folder import state_folder

SALT_BYTES = 16
BASES_KEPT = 2
#: So many deltas stand behind a base; the next one comes with all of them folded into one.
MOST_DELTAS = 64


class BaseDue(WrongCall):
    """There is no base, or it has changed so much that a new one is due."""


class TooDifferent(WrongCall):
    """A snapshot would change more than an operator allows without looking."""


class Published(NamedTuple):
    """What was published, and how it differs from what was served before."""

    current: Current
    file: Path
    difference: Difference


def snapshots_folder(folder: Path | None = None) -> Path:
    """Return where snapshots lie."""
    return (folder or state_folder()) / "snapshots"


class Snapshots:
    """The snapshot files of one folder; one writer at a time, any number of readers anywhere."""

    def __init__(self, folder: Path | None = None, limits: Limits | None = None) -> None:
        """Use this folder (by default `snapshots` in the state folder) and these limits of change."""
        self.folder, self._limits = folder or snapshots_folder(), limits or Limits()

    @property
    def pointer(self) -> Path:
        """Return the file that names what is served; screens look at it several times a second."""
        return self.folder / POINTER

    @property
    def salt(self) -> bytes:
        """Return what a new base mixes into its hashes: this installation's own, so that outsiders cannot know it."""
        return key("snapshot")[:SALT_BYTES]

    def current(self) -> Current | None:
        """Return what is served, None when nothing was published; WrongCall when it cannot be understood."""
        return read_current(self.pointer)

    def open(self, current: Current) -> list[SnapshotFile]:
        """Map the files of what is served, the base first; nothing is verified but that they are those."""
        return [map_named(self.folder, one) for one in current.files]

    def state(self) -> SnapshotState | None:
        """Return what is served as a state, None when nothing was published."""
        current = self.current()
        return SnapshotState(*_split(self.open(current))) if current else None

    def publish_base(
        self,
        contents: Contents,
        *,
        at: int,
        approval: Approval | None = None,
        by: str = "",
        since: SnapshotState | None = None,
    ) -> Published:
        """Publish everything anew; `by` is the organisation. Raises TooDifferent, and changes nothing then.

        What deltas said after the state `since` stands: they came while these contents were gathered.
        """
        with locked(self.folder):
            before, files = self._served()
            head = SnapshotHead(
                what="base",
                sequence=(sequence := before.sequence + 1 if before else 1),
                created_at=at,
                organisation=by,
                before=before.files[-1].identity if before else "",
                salt=self.salt.hex(),
                simulated=_simulated(contents),
                approval=approval,
                approved=_approved(files, sequence, approval),
            )
            base = _file(compile_base(contents, head), head)
            new = [base, *_late(files, since, base)] if since else [base]
            published = self._publish(new, files, (), at)
            self._prune_bases(published.current)
        return published

    def publish_delta(
        self,
        changes: Mapping[Subject, SnapshotEntry | None] | Contents,
        *,
        at: int,
        lists: Sequence[SectionData] = (),
        approval: Approval | None = None,
        by: str = "",
    ) -> Published:
        """Publish what changed: subjects with their new entries (None: no longer listed), lists that are replaced.

        Takes some milliseconds, however large the base. Raises TooDifferent, and BaseDue when a new base is due.
        """
        contents = changes if isinstance(changes, Contents) else build_contents(changes, lists)
        with locked(self.folder):
            before, files = self._served()
            if before is None:
                raise BaseDue("there is no base to change", fix="publish one with `fanzha snapshot build`")
            laid = files
            if len(files) > MOST_DELTAS or _changes(files) + _size(contents) > MOST_CHANGES:
                laid = _folded(files)
            if _changes(laid) + _size(contents) > MOST_CHANGES:
                raise BaseDue(
                    f"more than {MOST_CHANGES:,} subjects changed since the base",
                    fix="publish a new base with `fanzha snapshot build`",
                )
            one = _delta(contents, laid, at=at, by=by, approval=approval)
            if laid is files:
                return self._publish([one], files, before.files, at)
            published = self._publish([*laid[1:], one], files, before.files[:1], at)
            self._prune_deltas(before)
        return published

    def confirm(self, at: int) -> Current:
        """Say that what is served still stands: screens raise an alarm when nobody says so for long."""
        with locked(self.folder):
            current = self.current()
            if current is None:
                raise WrongCall("there is no snapshot to confirm", fix="publish one with `fanzha snapshot build`")
            return self._point(msgspec.structs.replace(current, confirmed_at=max(at, current.confirmed_at)))

    def _served(self) -> tuple[Current | None, list[SnapshotFile]]:
        current = self.current()
        return current, self.open(current) if current else []

    def _publish(
        self, new: Sequence[SnapshotFile], before: Sequence[SnapshotFile], kept: tuple[Named, ...], at: int
    ) -> Published:
        """Guard, write the files, let `current` name them behind those that are kept."""
        after = SnapshotState(*_split([*before[: len(kept)], *new]))
        differs = compare_states(SnapshotState(*_split(before)) if before else None, after)
        if (why := self._limits.exceeded(differs)) and not any(one.head.approval for one in new):
            raise TooDifferent(
                "；".join(one.zh for one in why) + "\n  " + "; ".join(one.en for one in why),
                fix="核对无误后用 --approve-by 姓名 --why 理由 批准 look at it, then --approve-by NAME --why TEXT",
            )
        paths = [self.folder / f"{one.name}-{one.identity[:8]}.snapshot" for one in new]
        for path, one in zip(paths, new, strict=True):
            write_privately(path, one.data)
        named = (*kept, *(Named(path.name, one.identity) for path, one in zip(paths, new, strict=True)))
        current = Current(sequence=new[-1].head.sequence, base=named[0], deltas=named[1:], confirmed_at=at)
        return Published(self._point(current), paths[-1], differs)

    def _point(self, current: Current) -> Current:
        write_privately(self.pointer, msgspec.json.encode(current))
        return current

    def _prune_bases(self, current: Current) -> None:
        """Remove all but the newest bases and what came after them."""
        files = sorted(self.folder.glob("*.snapshot"), key=lambda path: path.name.split("-")[1])
        bases = [path for path in files if path.name.startswith("base-")]
        kept = {path.name for path in files[files.index(bases[-BASES_KEPT]) :]} if len(bases) > BASES_KEPT else None
        for path in files:
            if kept is not None and path.name not in kept | {one.name for one in current.files}:
                path.unlink()

    def _prune_deltas(self, before: Current) -> None:
        """Remove the deltas of this base that were folded the time before; those folded now stay a while."""
        base, oldest = (int(one.name.split("-")[1]) for one in before.files[:2])
        for path in self.folder.glob("delta-*.snapshot"):
            if base < int(path.name.split("-")[1]) < oldest:
                path.unlink()


def _split(files: Sequence[SnapshotFile]) -> tuple[SnapshotFile, Sequence[SnapshotFile]]:
    return files[0], files[1:]


def _file(pieces: Sequence[bytes | memoryview], head: SnapshotHead) -> SnapshotFile:
    return SnapshotFile(memoryview(b"".join(pieces)), f"{head.what}-{head.sequence:08}")


def _folded(files: list[SnapshotFile]) -> list[SnapshotFile]:
    """Return the base and, if there are deltas, one that says what they say together."""
    if len(files) < 2:
        return files
    head = files[-1].head
    contents = merge_deltas(SnapshotState(*_split(files)))
    return [files[0], _delta(contents, files[:1], newest=files[-1], at=head.created_at, by=head.organisation)]


def _late(files: list[SnapshotFile], since: SnapshotState, base: SnapshotFile) -> list[SnapshotFile]:
    """Return a delta of a new base with what these files say that was not said then, if there is anything."""
    head, contents = base.head, changes_since(SnapshotState(*_split(files)), since)
    if not (_size(contents) or contents.lists or contents.urls is not None):
        return []
    return [_delta(contents, [base], at=head.created_at, by=head.organisation)]


def _delta(
    contents: Contents,
    files: Sequence[SnapshotFile],
    *,
    at: int,
    by: str,
    newest: SnapshotFile | None = None,
    approval: Approval | None = None,
) -> SnapshotFile:
    """Return a delta of what these files say, the next in the sequence behind the newest file."""
    newest = newest or files[-1]
    sequence = newest.head.sequence + 1
    head = SnapshotHead(
        what="delta",
        sequence=sequence,
        created_at=at,
        organisation=by,
        base=files[0].identity,
        before=files[-1].identity,
        salt=files[0].head.salt,
        simulated=_simulated(contents),
        approval=approval,
        approved=sequence if approval else newest.head.approved,
    )
    return _file(compile_delta(contents, head), head)


def _simulated(contents: Contents) -> bool:
    return bool(contents.profiles.rows[:, SIMULATED].any())


def _approved(before: Sequence[SnapshotFile], sequence: int, approval: Approval | None) -> int:
    return sequence if approval else before[-1].head.approved if before else 0


def _changes(files: Sequence[SnapshotFile]) -> int:
    return sum(one.head.facts.get(name, 0) for one in files[1:] for name in ("numbers", "others"))


def _size(contents: Contents) -> int:
    return len(contents.keys) + len(contents.other_subjects) + len(contents.hashed)
