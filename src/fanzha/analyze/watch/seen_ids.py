"""Remember which event ids were released to detection, in bounded memory."""

import msgspec
import numpy as np
from numpy.typing import NDArray

HOUR_MS = 3_600_000
MAX_IDS = 20_000_000  # stored, 8 bytes each; beyond it the oldest hour is forgotten

Hashes = NDArray[np.uint64]


class SeenIds:
    """64-bit hashes of event ids by the hour of their events.

    Hours older than `remember_ms` before the latest hour are forgotten.
    """

    def __init__(self, remember_ms: int, max_ids: int = MAX_IDS, saved: bytes = b"") -> None:
        """Start empty, or with a saved state."""
        self._remember_ms, self._max_ids = remember_ms, max_ids
        hours = msgspec.msgpack.decode(saved, type=dict[int, bytes]) if saved else {}
        self._runs: dict[int, list[Hashes]] = {hour: [np.frombuffer(data, "<u8")] for hour, data in hours.items()}

    def __len__(self) -> int:
        """Return how many ids are stored."""
        return sum(len(run) for runs in self._runs.values() for run in runs)

    def add(self, hashes: Hashes, moments: NDArray[np.int64]) -> None:
        """Store the ids of events at these moments (UTC ms)."""
        hours = moments // HOUR_MS
        for hour in np.unique(hours).tolist():
            runs = self._runs.setdefault(hour, [])
            runs.append(np.sort(hashes[hours == hour]))
            while len(runs) > 1 and len(runs[-2]) <= 2 * len(runs[-1]):  # few runs, each merged seldom
                runs[-2:] = [np.sort(np.concatenate(runs[-2:]))]
        self._forget()

    def contains(self, hashes: Hashes) -> NDArray[np.bool_]:
        """Return for each id whether it is stored."""
        found = np.zeros(len(hashes), np.bool_)
        for runs in self._runs.values():
            for run in runs:
                at = np.minimum(np.searchsorted(run, hashes), len(run) - 1)
                found |= run[at] == hashes
        return found

    def save(self) -> bytes:
        """Return the state as bytes."""
        hours = {hour: np.sort(np.concatenate(runs)).astype("<u8").tobytes() for hour, runs in self._runs.items()}
        return msgspec.msgpack.encode(hours)

    def _forget(self) -> None:
        first = max(self._runs, default=0) - -(-self._remember_ms // HOUR_MS)
        for hour in sorted(self._runs):
            if hour < first or (len(self._runs) > 1 and len(self) > self._max_ids):
                del self._runs[hour]
