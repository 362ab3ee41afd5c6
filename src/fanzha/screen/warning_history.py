"""Recent warnings, so that a person does not get the same warning repeatedly."""

from fanzha.base.ids import digest

MAX_REMEMBERED = 100_000


def warning_key(channel: str, number: str, words: str) -> str:
    """Return the key of a warning to a number by a channel; the number cannot be derived from it."""
    return digest(channel, number, words, size=8)


class WarningHistory:
    """Stores warning keys with times; evicts the oldest first."""

    def __init__(self) -> None:
        """Begin empty."""
        self._warned_at: dict[str, int] = {}  # key -> UTC ms, oldest first

    def was_recent(self, key: str, at: int, again_after_ms: int) -> bool:
        """Return whether this warning was sent less than `again_after_ms` before `at`."""
        warned_at = self._warned_at.get(key)
        return warned_at is not None and at - warned_at < again_after_ms

    def add(self, key: str, at: int) -> None:
        """Record a warning sent at `at` (UTC ms)."""
        self._warned_at.pop(key, None)
        self._warned_at[key] = at
        if len(self._warned_at) > MAX_REMEMBERED:
            del self._warned_at[next(iter(self._warned_at))]

    def forget(self, key: str) -> None:
        """Drop a warning that was not delivered, so that the next call retries it."""
        self._warned_at.pop(key, None)

    def save(self) -> dict[str, int]:
        """Return all keys with their times, oldest first."""
        return dict(self._warned_at)

    def restore(self, warned_at: dict[str, int]) -> None:
        """Replace the history by a saved one."""
        self._warned_at = dict(warned_at)
