"""What is made of a snapshot once, in a thread, at the first question, so that no call waits for it."""

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class MadeApart(Generic[T]):
    """The newest thing made, and what it was made of."""

    def __init__(self) -> None:
        """Hold nothing yet."""
        self._of: str | None = None
        self._made: asyncio.Future[T] | None = None

    async def get(self, identity: str, make: Callable[[], T]) -> T:
        """Return what `make` gives for this identity; it runs in a thread unless it ran, or runs, already."""
        if self._made is None or identity != self._of or _spoilt(self._made):
            self._of, self._made = identity, asyncio.ensure_future(asyncio.to_thread(make))
        return await asyncio.shield(self._made)


def _spoilt(made: "asyncio.Future[T]") -> bool:
    return made.done() and (made.cancelled() or made.exception() is not None)
