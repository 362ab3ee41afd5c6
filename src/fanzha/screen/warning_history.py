"""Who has been warned of what, for a while: nobody is told the same again and again."""

from fanzha.base.ids import digest

MOST_REMEMBERED = 100_000


def mark(channel: str, number: str, words: str) -> str:
    """Return what stands for a warning to a number by a channel: no number can be read out of a log by it."""
    return digest(channel, number, words, size=8)


class Warned:
    """Remembers marks and when; the oldest is forgotten first."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._when: dict[str, int] = {}  # mark -> UTC ms, oldest first

    def lately(self, mark: str, at: int, again_after_ms: int) -> bool:
        """Say whether this warning went out so lately that it is not repeated."""
        when = self._when.get(mark)
        return when is not None and at - when < again_after_ms

    def add(self, mark: str, at: int) -> None:
        """Remember a warning that goes out at a moment (UTC ms)."""
        self._when.pop(mark, None)
        self._when[mark] = at
        if len(self._when) > MOST_REMEMBERED:
            del self._when[next(iter(self._when))]

    def forget(self, mark: str) -> None:
        """Let a warning that did not go out be tried at the next call."""
        self._when.pop(mark, None)

    def save(self) -> dict[str, int]:
        """Return all marks with their moments, oldest first."""
        return dict(self._when)

    def restore(self, when: dict[str, int]) -> None:
        """Go on from what was saved."""
        self._when = dict(when)
