"""One transaction, one batch of the log: `with recorded() as log:` and, within, `log.add(Draft(...))`.

Rows and entries are committed together or not at all. A `recorded` inside another joins it. The end of the log is taken
last, so that transactions wait for each other only while a batch is written.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar

from django.db import connection, transaction

from fanzha.command.audit.log_writer import write
from fanzha.processes.log.entry import Draft
from fanzha.store.private_files import lock_folder
from fanzha.store.state_folder import state_folder

_present: ContextVar["Recorder | None"] = ContextVar("recording", default=None)


class Recorder:
    """What one transaction has put on record so far."""

    def __init__(self) -> None:
        self._depth = len(connection.savepoint_ids)
        self._drafts: list[tuple[Draft, Callable[[], None] | None]] = []

    def add(self, draft: Draft) -> None:
        """Put one thing on record."""
        self._drafts.append((draft, self._mark()))

    def extend(self, drafts: Iterable[Draft]) -> None:
        """Put many things on record."""
        mark = self._mark()
        self._drafts.extend((draft, mark) for draft in drafts)

    def drafts(self) -> list[Draft]:
        """Return what was not rolled back meanwhile."""
        kept = {id(hook) for _, hook, *_ in connection.run_on_commit}
        return [draft for draft, mark in self._drafts if mark is None or id(mark) in kept]

    def _mark(self) -> Callable[[], None] | None:
        """Within a savepoint, leave a hook: Django drops it with the savepoint, and so the entry goes with its rows."""
        if len(connection.savepoint_ids) == self._depth:
            return None

        def mark() -> None:
            """Say by being there that its savepoint was kept."""

        transaction.on_commit(mark)
        return mark


@contextmanager
def recorded() -> Iterator[Recorder]:
    """Open one transaction, or join the one that is open, and put on record what is added within.

    Raises RuntimeError inside of a transaction that nobody records.
    """
    joined = _present.get()
    if joined is not None:
        with transaction.atomic():
            yield joined
        return
    with ExitStack() as stack:
        if connection.vendor == "sqlite" and not connection.in_atomic_block:
            # A blocking lock is fair where SQLite's own waiting starves one of several writers.
            stack.enter_context(lock_folder(state_folder() / "database"))
        stack.enter_context(transaction.atomic(durable=True))
        made = Recorder()
        token = _present.set(made)
        stack.callback(_present.reset, token)
        yield made
        if drafts := made.drafts():
            write(drafts)
