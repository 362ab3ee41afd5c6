"""What survives when owner and standby both end: the state now and then, and the log from there on."""

import contextlib
import os
import time
import traceback
import warnings
from collections.abc import Iterator
from pathlib import Path

import msgspec

from fanzha.screen.log import Record
from fanzha.screen.site.memory import Memory
from fanzha.store.private_files import write_privately

REACH_SECONDS = 86_400.0  # of the log that is replayed where no state was kept
OVERLAP_SECONDS = 60.0


def keep(memory: Memory, path: Path) -> int:
    """Write the state by a forked process, which is returned: no call waits for it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # threads: the child only encodes and writes
        pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        write_privately(path, memory.save())
        status = 0
    except BaseException:  # whatever it is, it must not go on as a second owner
        traceback.print_exc()
    finally:
        os._exit(status)


def recall(memory: Memory, path: Path, log: Path) -> int:
    """Go on from the state and the log behind it; return how many records were replayed. A broken state is none."""
    since = time.time() - REACH_SECONDS
    with contextlib.suppress(OSError, ValueError, msgspec.DecodeError):
        memory.restore(path.read_bytes())
        since = path.stat().st_mtime - OVERLAP_SECONDS
    replayed = 0
    for record in _records(log, since):
        if record.sequence > memory.log.sequence:
            memory.apply(record)
            replayed += 1
    return replayed


def _records(folder: Path, since: float) -> Iterator[Record]:
    """Yield the records of files that were written to lately; a line that a crash cut is passed over."""
    decode = msgspec.json.Decoder(Record).decode
    for path in sorted(folder.glob("*.jsonl")) if folder.is_dir() else ():
        if path.stat().st_mtime >= since:
            with path.open("rb") as file:
                for line in file:
                    with contextlib.suppress(msgspec.DecodeError):
                        yield decode(line)
