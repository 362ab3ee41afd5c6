"""Record a database transaction as one batch of the log: `with recorded() as log: log.add(Draft(...))`.

Rows and entries are committed together. A nested `recorded` joins the outer one. The head of the log is locked last, so
that transactions wait for each other only while a batch is written.

Rows of a table that `digest_tables` of an app names are hashed at the end of the transaction: `log.digest("app.Model",
keys)`.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar

from django.db import connection, transaction
from django.db.models import Model
from django.db.models.signals import post_delete

from fanzha.command.audit.log_writer import write_batch
from fanzha.command.audit.models import PublishedEvidence, RowDigests
from fanzha.command.audit.row_digests import digest_changes, digest_tables
from fanzha.processes.log.entry import Draft
from fanzha.store.private_files import lock_folder
from fanzha.store.state_folder import state_folder

_current_recorder: ContextVar["Recorder | None"] = ContextVar("recording", default=None)


class Recorder:
    """Collect the log entries of one transaction."""

    def __init__(self) -> None:
        self._depth = len(connection.savepoint_ids)
        self._drafts: list[tuple[Draft, Callable[[], None] | None]] = []
        self._changed: dict[str, set[int]] = {}
        self._complete: set[str] = set()
        self._publications: list[tuple[Draft, bytes]] = []
        self.is_urgent = False

    def add(self, draft: Draft) -> None:
        """Add one entry."""
        self._drafts.append((draft, self._mark()))

    def extend(self, drafts: Iterable[Draft]) -> None:
        """Add several entries."""
        mark = self._mark()
        self._drafts.extend((draft, mark) for draft in drafts)

    def digest(self, model: str, keys: Iterable[int], *, is_complete: bool = False) -> None:
        """Put rows of a table (label, such as `orders.Sending`) on record: inserted, changed or deleted ones.

        `is_complete` states that all rows of the table have a digest now.
        """
        name = model.lower()
        self._changed.setdefault(name, set()).update(keys)
        if is_complete:
            self._complete.add(name)

    def add_publication(self, draft: Draft, evidence_ids: bytes) -> None:
        """Add the entry of a publication to the screens, and the packed ids of its evidence."""
        self.add(draft)
        self._publications.append((draft, evidence_ids))

    def write(self) -> None:
        """Write the batch with all entries and digests, if there are any."""
        drafts = self.drafts()
        rows: list[RowDigests | PublishedEvidence] = [
            PublishedEvidence(packed=packed) for draft, packed in self._publications if draft in drafts
        ]
        changed = {name: keys for name, keys in self._changed.items() if keys}
        if changed or self._complete:
            digests = digest_changes(changed, time.time_ns() // 1_000_000, self._complete)
            drafts.append(digests.draft)
            rows += digests.rows
        if not drafts:
            return
        number = write_batch(drafts, anchor_at_once=self.is_urgent)
        for row in rows:
            row.batch = number
            row.save()

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


def digest_deletions() -> None:
    """Put rows of digest tables on record that are deleted through the ORM, also those deleted with another row."""
    for table in digest_tables().values():
        post_delete.connect(_digest_deleted, table.rows.model, dispatch_uid=f"digest {table.name}")


def _digest_deleted(sender: type[Model], instance: Model, **_options: object) -> None:
    """Raise RuntimeError if nothing is recorded: the deletion would be a fault."""
    recorder = _current_recorder.get()
    if recorder is None:
        raise RuntimeError(f"delete rows of {sender._meta.label} in a transaction of `recorded`")
    recorder.digest(sender._meta.label, [instance.pk])


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
        recorder.write()
