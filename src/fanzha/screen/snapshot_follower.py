"""Keep up with the published snapshot: look often, verify apart, swap between two calls, keep the old one if in doubt.

A file that is damaged, older than what is served, or too different without an operator's approval is refused, and what
was served goes on. Verifying and opening happen in a thread; the loop only looks at one small file and takes over the
finished object, so that no answer waits or is dropped.
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

import msgspec

from fanzha.base.errors import FanzhaError
from fanzha.base.words import Words
from fanzha.claims.difference import Limits, compare_states, compile_kernels
from fanzha.claims.snapshot import DamagedSnapshot, SnapshotFile, check
from fanzha.screen.mapped_snapshot import Mapped
from fanzha.store.private_files import write_private_file
from fanzha.store.snapshot_files import POINTER, CurrentSnapshot, map_named_file, read_current

LOOK_SECONDS = 0.25
#: A refused file is tried again after this: it may have been copied in the wrong order.
AGAIN_SECONDS = 10.0


class Fault(StrEnum):
    """Why a snapshot is not taken."""

    DAMAGED = "damaged"
    OLDER = "older"
    DIFFERENT = "different"
    UNREADABLE = "unreadable"


class Told(NamedTuple):
    """What happened: a snapshot was taken (no fault) or refused, or has become too old or fresh again."""

    fault: Fault | None
    sequence: int
    words: Words


class Refused(Exception):
    """A snapshot that is not taken."""

    def __init__(self, fault: Fault, words: Words) -> None:
        super().__init__(words.en)
        self.fault, self.words = fault, words


class Follower:
    """Holds the snapshot that is served (`mapped`, None until the first is taken) and replaces it when it should be."""

    def __init__(
        self,
        folder: Path,
        *,
        limits: Limits,
        oldest_ms: int,
        accepted: Path | None = None,
        tell: Callable[[Told], None] = lambda told: None,
    ) -> None:
        """Follow a folder. `accepted` remembers over restarts what was taken, so that the limits hold over them too."""
        self.mapped: Mapped | None = None
        self.current: CurrentSnapshot | None = None
        self.refused: dict[Fault, int] = dict.fromkeys(Fault, 0)
        self.too_old = False
        self._folder, self._limits, self._oldest_ms = folder, limits, oldest_ms
        self._accepted, self._tell = accepted, tell
        self._seen: tuple[int, int, int] | None = None
        self._again_at = float("inf")

    def recall(self) -> None:
        """Serve what was taken before a restart, where its files are still there. Blocks; call it before serving.

        What compares and probes is compiled here, or loaded, so that no call waits for that either.
        """
        compile_kernels()
        try:
            accepted = read_current(self._accepted) if self._accepted else None
            if accepted is not None:
                self._take(accepted, self._opened(accepted))
        except (FanzhaError, Refused):
            return

    async def run(self) -> None:
        """Look and take, until cancelled."""
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(1, thread_name_prefix="snapshot") as apart:
            while True:
                if self.changed():
                    held = [self.settle(await loop.run_in_executor(apart, self.attempt))]
                    await loop.run_in_executor(apart, self.remember, held)
                self.watch(_now_ms())
                await asyncio.sleep(LOOK_SECONDS)

    def changed(self) -> bool:
        """Return whether there is something to be taken: the pointer is another, or a refused one is due again."""
        try:
            found = (self._folder / POINTER).stat()
        except OSError:
            return False
        state = found.st_mtime_ns, found.st_ino, found.st_size
        due = state != self._seen or time.monotonic() >= self._again_at
        if due:
            self._seen, self._again_at = state, float("inf")
        return due

    def attempt(self) -> "tuple[CurrentSnapshot, Mapped | None] | Refused":
        """Read, verify, compare and open what is published; blocks for seconds at 10 million numbers."""
        try:
            current = read_current(self._folder / POINTER)
            if current is None:
                raise Refused(Fault.UNREADABLE, Words("快照指针缺失", "nothing is published"))
            if self._is_served(current):
                return current, None
            self._refuse_older(current)
            mapped = self._opened(current)
            self._refuse_different(mapped)
            mapped.warm()
        except Refused as refused:
            return refused
        except DamagedSnapshot as damaged:
            return Refused(Fault.DAMAGED, Words(damaged.what, damaged.what))
        except Exception as error:  # whatever is wrong with a file, what is served goes on
            return Refused(Fault.UNREADABLE, Words(str(error), str(error)))
        return current, mapped

    def settle(self, taken: "tuple[CurrentSnapshot, Mapped | None] | Refused") -> Mapped | None:
        """Serve what was taken, or count what was refused; return what is served no more. To be called on the loop."""
        if isinstance(taken, Refused):
            self.refused[taken.fault] += 1
            self._again_at = time.monotonic() + AGAIN_SECONDS
            self._tell(Told(taken.fault, self.current.sequence if self.current else 0, taken.words))
            return None
        current, mapped = taken
        return self._take(current, mapped)

    def watch(self, at: int) -> None:
        """Tell when what is served becomes too old, and when it is fresh again; `at` is UTC ms."""
        too_old = self.age_ms(at) > self._oldest_ms
        if too_old != self.too_old:
            self.too_old = too_old
            hours = self._oldest_ms / 3_600_000
            words = Words("快照已恢复新鲜", "the snapshot is fresh again")
            if too_old and self.current is None:
                words = Words("尚无快照", "there is no snapshot yet")
            elif too_old:
                words = Words(f"快照已超过 {hours:g} 小时未确认", f"nobody confirmed the snapshot for {hours:g} hours")
            self._tell(Told(None, self.current.sequence if self.current else 0, words))

    def age_ms(self, at: int) -> int:
        """Return how long ago what is served was confirmed, in ms; without a snapshot since ever."""
        return at - self.current.confirmed_at if self.current else at

    def _take(self, current: CurrentSnapshot, mapped: Mapped | None) -> Mapped | None:
        self.current = current
        if mapped is None:
            return None
        self.mapped, old = mapped, self.mapped
        words = Words(f"已启用快照 {current.sequence}", f"snapshot {current.sequence} is served")
        self._tell(Told(None, current.sequence, words))
        return old

    def remember(self, held: list[Mapped | None]) -> None:
        """Let the old snapshot go, which takes milliseconds to unmap, and write down what is served; in a thread."""
        held.clear()
        if self._accepted is not None and self.current is not None:
            write_private_file(self._accepted, msgspec.json.encode(self.current))

    def _is_served(self, current: CurrentSnapshot) -> bool:
        return self.mapped is not None and self.mapped.identities == [one.identity for one in current.files]

    def _refuse_older(self, current: CurrentSnapshot) -> None:
        if self.current is not None and current.sequence <= self.current.sequence:
            served = self.current.sequence
            raise Refused(
                Fault.OLDER,
                Words(
                    f"快照 {current.sequence} 不比在用的 {served} 新",
                    f"snapshot {current.sequence} is no newer than {served}, which is served",
                ),
            )

    def _refuse_different(self, mapped: Mapped) -> None:
        if mapped.head.approved > (self.current.sequence if self.current else 0):
            return
        if why := self._limits.exceeded(compare_states(self.mapped, mapped)):
            raise Refused(Fault.DIFFERENT, Words("；".join(w.zh for w in why), "; ".join(w.en for w in why)))

    def _opened(self, current: CurrentSnapshot) -> Mapped:
        """Open and verify; files that are served already are taken as they are."""
        served = {one.identity: one for one in self.mapped.files} if self.mapped else {}
        files: list[SnapshotFile] = []
        for one in current.files:
            file = served.get(one.identity) or map_named_file(self._folder, one)
            if one.identity not in served:
                check(file)
            files.append(file)
        if files[-1].head.sequence != current.sequence:
            raise DamagedSnapshot(f"{POINTER}: 序号不符 its sequence is not that of its newest file")
        return Mapped(files[0], files[1:])


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
