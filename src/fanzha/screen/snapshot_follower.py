"""Follow the published snapshot: poll, verify in a thread, swap between two calls.

Files are read into sealed memory and verified there, so that nothing that happens to a file later reaches a process.
A file that is damaged, older than the served one, or too different without approval is refused and the served snapshot
stays. After a restart this is the one accepted last, or the one accepted before it, or what the intact files make.
Verification and opening run in a thread. The event loop only reads one small file and swaps the finished object,
so no answer waits.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

import msgspec

from fanzha.base.errors import UsageError
from fanzha.base.words import Words
from fanzha.claims.difference import Limits, compare_states, compile_kernels
from fanzha.claims.snapshot import DamagedSnapshot, SnapshotFile, check
from fanzha.screen.mapped_snapshot import MappedSnapshot
from fanzha.store.private_files import write_private_file
from fanzha.store.snapshot_files import POINTER, CurrentSnapshot, load_named_file, read_current, recover_snapshots

POLL_SECONDS = 0.25
#: Delay before a refused file is retried; files may be copied out of order.
RETRY_SECONDS = 10.0


class SnapshotFault(StrEnum):
    """Why a snapshot is refused."""

    DAMAGED = "damaged"
    OLDER = "older"
    DIFFERENT = "different"
    UNREADABLE = "unreadable"


_DAMAGE = (SnapshotFault.DAMAGED, SnapshotFault.UNREADABLE)


class FollowerNotice(NamedTuple):
    """A notice for the operator: a snapshot was accepted (`fault` None), refused, became stale or fresh."""

    fault: SnapshotFault | None
    sequence: int
    words: Words


class SnapshotRefused(Exception):
    """The snapshot is not accepted."""

    def __init__(self, fault: SnapshotFault, words: Words) -> None:
        super().__init__(words.en)
        self.fault, self.words = fault, words


class LoadResult(NamedTuple):
    """What a load found: a snapshot to serve (`mapped` None: it is served already), why one was refused, or both."""

    current: CurrentSnapshot | None = None
    mapped: MappedSnapshot | None = None
    refused: SnapshotRefused | None = None


class SnapshotFollower:
    """Holds the served snapshot (`mapped`, None before the first one) and replaces it."""

    def __init__(
        self,
        folder: Path,
        *,
        limits: Limits,
        oldest_ms: int,
        accepted: Path | None = None,
        notify: Callable[[FollowerNotice], None] = lambda notice: None,
    ) -> None:
        """Follow a folder. The file `accepted` stores what was accepted, so that limits hold over restarts."""
        self.mapped: MappedSnapshot | None = None
        self.current: CurrentSnapshot | None = None
        self.refused_counts: dict[SnapshotFault, int] = dict.fromkeys(SnapshotFault, 0)
        self.too_old = False
        self.is_fallback = False  # whether the published snapshot is damaged and another one is served
        self._folder, self._limits, self._oldest_ms = folder, limits, oldest_ms
        self._accepted, self._notify = accepted, notify
        self._pointer_state: tuple[int, int, int] | None = None
        self._retry_at = float("inf")

    def restore_accepted(self) -> None:
        """Serve the snapshot accepted last before a restart whose files are intact. Blocks; call it before serving.

        This also compiles the kernels that compare snapshots.
        """
        compile_kernels()
        if self._accepted is None:
            return
        for path in (self._accepted, _earlier(self._accepted)):
            with contextlib.suppress(Exception):  # any fault of a file: the one before it may be intact
                accepted = read_current(path)
                if accepted is not None:
                    self._serve(accepted, self._open(accepted))
                    return

    async def run(self) -> None:
        """Poll and replace until cancelled."""
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(1, thread_name_prefix="snapshot") as executor:
            while True:
                if self.is_due():
                    replaced = [self.apply(await loop.run_in_executor(executor, self.load))]
                    await loop.run_in_executor(executor, self.release, replaced)
                self.check_age(_now_ms())
                await asyncio.sleep(POLL_SECONDS)

    def is_due(self) -> bool:
        """Return whether to load: the pointer file changed, or a retry is due."""
        try:
            status = (self._folder / POINTER).stat()
        except OSError:
            return False
        state = status.st_mtime_ns, status.st_ino, status.st_size
        due = state != self._pointer_state or time.monotonic() >= self._retry_at
        if due:
            self._pointer_state, self._retry_at = state, float("inf")
        return due

    def load(self) -> LoadResult:
        """Read, verify, compare and open the published snapshot; blocks for seconds at 10 million numbers.

        If it is damaged and nothing is served, open the newest snapshot that intact files make.
        """
        try:
            return self._load_published()
        except SnapshotRefused as error:
            refused = error
        except DamagedSnapshot as damaged:
            refused = SnapshotRefused(SnapshotFault.DAMAGED, Words(damaged.what, damaged.what))
        except Exception as error:  # any fault of a file leaves the served snapshot in place
            refused = SnapshotRefused(SnapshotFault.UNREADABLE, Words(str(error), str(error)))
        if refused.fault not in _DAMAGE or self.mapped is not None:
            return LoadResult(refused=refused)
        return self._recover()._replace(refused=refused)

    def _load_published(self) -> LoadResult:
        current = read_current(self._folder / POINTER)
        if current is None:
            raise SnapshotRefused(SnapshotFault.UNREADABLE, Words("快照指针缺失", "nothing is published"))
        if self._is_served(current):
            return LoadResult(current)
        self._refuse_older(current)
        mapped = self._open(current)
        self._refuse_different(mapped)
        mapped.warm()
        return LoadResult(current, mapped)

    def _recover(self) -> LoadResult:
        """Return the newest snapshot that intact files make and that needs no approval; empty if there is none."""
        for recovered in recover_snapshots(self._folder):
            with contextlib.suppress(Exception):
                mapped = MappedSnapshot(recovered.files[0], recovered.files[1:])
                self._refuse_different(mapped)
                mapped.warm()
                return LoadResult(recovered.current, mapped)
        return LoadResult()

    def apply(self, loaded: LoadResult) -> MappedSnapshot | None:
        """Serve a loaded snapshot and count a refusal; return the replaced one. Call it on the loop."""
        current, mapped, refused = loaded
        replaced = self._serve(current, mapped) if current is not None else None
        self.is_fallback = refused is not None and refused.fault in _DAMAGE
        if refused is not None:
            self.refused_counts[refused.fault] += 1
            self._retry_at = time.monotonic() + RETRY_SECONDS
            words = refused.words
            if self.is_fallback:
                words = _explain_fallback(words, self.current)
            self._notify(FollowerNotice(refused.fault, self.current.sequence if self.current else 0, words))
        return replaced

    def check_age(self, at: int) -> None:
        """Notify when the served snapshot becomes stale or fresh again; `at` is UTC ms."""
        too_old = self.age_ms(at) > self._oldest_ms
        if too_old != self.too_old:
            self.too_old = too_old
            hours = self._oldest_ms / 3_600_000
            words = Words("快照已恢复新鲜", "the snapshot is fresh again")
            if too_old and self.current is None:
                words = Words("尚无快照", "there is no snapshot yet")
            elif too_old:
                words = Words(f"快照已超过 {hours:g} 小时未确认", f"nobody confirmed the snapshot for {hours:g} hours")
            self._notify(FollowerNotice(None, self.current.sequence if self.current else 0, words))

    def age_ms(self, at: int) -> int:
        """Return the age of the last confirmation in ms; `at` itself without a snapshot."""
        return at - self.current.confirmed_at if self.current else at

    def _serve(self, current: CurrentSnapshot, mapped: MappedSnapshot | None) -> MappedSnapshot | None:
        self.current = current
        if mapped is None:
            return None
        self.mapped, old = mapped, self.mapped
        words = Words(f"已启用快照 {current.sequence}", f"snapshot {current.sequence} is served")
        self._notify(FollowerNotice(None, current.sequence, words))
        return old

    def release(self, replaced: list[MappedSnapshot | None]) -> None:
        """Drop the replaced snapshot and store what is served; runs in a thread, unmapping takes milliseconds."""
        replaced.clear()
        if self._accepted is None or self.current is None or self.is_fallback:
            return
        with contextlib.suppress(OSError):  # a full disk must not stop the following
            self._keep_earlier(self._accepted, self.current)
            write_private_file(self._accepted, msgspec.json.encode(self.current))

    def _keep_earlier(self, accepted: Path, current: CurrentSnapshot) -> None:
        """Keep what was accepted before a new base, to fall back on it if the base is damaged later."""
        with contextlib.suppress(UsageError):
            before = read_current(accepted)
            if before is not None and before.base != current.base:
                write_private_file(_earlier(accepted), msgspec.json.encode(before))

    def _is_served(self, current: CurrentSnapshot) -> bool:
        return self.mapped is not None and self.mapped.identities == [file.identity for file in current.files]

    def _refuse_older(self, current: CurrentSnapshot) -> None:
        if self.current is not None and current.sequence <= self.current.sequence:
            served = self.current.sequence
            raise SnapshotRefused(
                SnapshotFault.OLDER,
                Words(
                    f"快照 {current.sequence} 不比在用的 {served} 新",
                    f"snapshot {current.sequence} is no newer than {served}, which is served",
                ),
            )

    def _refuse_different(self, mapped: MappedSnapshot) -> None:
        if mapped.head.approved > (self.current.sequence if self.current else 0):
            return
        if why := self._limits.exceeded(compare_states(self.mapped, mapped)):
            raise SnapshotRefused(
                SnapshotFault.DIFFERENT, Words("；".join(w.zh for w in why), "; ".join(w.en for w in why))
            )

    def _open(self, current: CurrentSnapshot) -> MappedSnapshot:
        """Open and verify the files; reuse files that are served already."""
        served = {named_file.identity: named_file for named_file in self.mapped.files} if self.mapped else {}
        files: list[SnapshotFile] = []
        for named_file in current.files:
            file = served.get(named_file.identity) or load_named_file(self._folder, named_file)
            if named_file.identity not in served:
                check(file)
            files.append(file)
        if files[-1].head.sequence != current.sequence:
            raise DamagedSnapshot(f"{POINTER}: 序号不符 its sequence is not that of its newest file")
        return MappedSnapshot(files[0], files[1:])


def _earlier(accepted: Path) -> Path:
    return accepted.with_name(f"{accepted.name}-before")


def _explain_fallback(damage: Words, served: CurrentSnapshot | None) -> Words:
    """Return the damage with what is served instead and what to do."""
    fix = Words("请重新复制文件，或执行 fanzha snapshot build", "copy the files again, or run `fanzha snapshot build`")
    if served is None:
        served_words = Words("无可用快照，呼叫记为未筛查", "no snapshot is usable, so calls count as unscreened")
    else:
        served_words = Words(f"沿用快照 {served.sequence}", f"snapshot {served.sequence} is served instead")
    return Words(f"{damage.zh}；{served_words.zh}；{fix.zh}", f"{damage.en}; {served_words.en}; {fix.en}")


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
