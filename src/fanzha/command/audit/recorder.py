"""Record a database transaction as one batch of the log: `with recorded() as log: log.add(Draft(...))`.

Rows and entries are committed together. A nested `recorded` joins the outer one. The head of the log is locked last, so
that transactions wait for each other only while a batch is written.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar

from django.db import connection, transaction

from fanzha.command.audit.log_writer import write_batch
from fanzha.processes.log.entry import Draft
from fanzha.store.private_files import lock_folder
from fanzha.store.state_folder import state_folder

_current_recorder: ContextVar["Recorder | None"] = ContextVar("recording", default=None)


class Recorder:
    """Collect the log entries of one transaction."""

    def __init__(self) -> None:
        self._depth = len(connection.savepoint_ids)
        self._drafts: list[tuple[Draft, Callable[[], None] | None]] = []
        self.is_urgent = False

    def add(self, draft: Draft) -> None:
        """Add one entry."""
        self._drafts.append((draft, self._mark()))

    def extend(self, drafts: Iterable[Draft]) -> None:
        """Add several entries."""
        mark = self._mark()
        self._drafts.extend((draft, mark) for draft in drafts)

    def anchor_at_once(self) -> None:
        """Have this batch anchored within seconds, instead of with the next regular anchor."""
        self.is_urgent = True

    def drafts(self) -> list[Draft]:
        """Return the entries whose savepoint was not rolled back."""
        pending_hooks = {id(hook) for _, hook, *_ in connection.run_on_commit}
        return [draft for draft, mark in self._drafts if mark is None or id(mark) in pending_hooks]

    def _mark(self) -> Callable[[], None] | None:
        """Register a hook in an open savepoint: Django drops it with the savepoint, and so the entry with its rows."""
        if len(connection.savepoint_ids) == self._depth:
            return None

        def mark() -> None:
            """Do nothing; the presence of the hook shows that its savepoint was kept."""

        transaction.on_commit(mark)
        return mark


def is_recording() -> bool:
    """Return whether a transaction of `recorded` is open: what is written now is lost if it is rolled back."""
    return _current_recorder.get() is not None


@contextmanager
def recorded() -> Iterator[Recorder]:
    """Open a transaction, or join the open one, and write the entries added within to the log.

    Raise RuntimeError inside a transaction that was opened without `recorded`.
    """
    outer = _current_recorder.get()
    if outer is not None:
        with transaction.atomic():
            yield outer
        return
    with ExitStack() as stack:
        if connection.vendor == "sqlite" and not connection.in_atomic_block:
            # A blocking lock is fair, while SQLite's own polling can starve a writer.
            stack.enter_context(lock_folder(state_folder() / "database"))
        stack.enter_context(transaction.atomic(durable=True))
        recorder = Recorder()
        token = _current_recorder.set(recorder)
        stack.callback(_current_recorder.reset, token)
        yield recorder
        if drafts := recorder.drafts():
            write_batch(drafts, anchor_at_once=recorder.is_urgent)
