"""Put the rows on record that were there before their table had digests, once a table.

Rows with a digest are left out: another digest would confirm a row that was changed since. Afterwards a row without a
digest is a fault.
"""

from datetime import datetime

from fanzha.command.audit.models import LogEntry, LogHead, RowDigests
from fanzha.command.audit.recorder import recorded
from fanzha.command.audit.row_checks import decode_facts
from fanzha.command.audit.row_digests import DIGESTED, DigestTable, digest_tables, unpack_digests
from fanzha.command.web.scoping import unscoped

_UNSCOPED = unscoped("the rows of all organisations are put on record")
_CHUNK = 20_000  # rows of one transaction
_complete: set[tuple[str, str]] = set()  # logs and tables that this process need not look at again


def digest_existing_rows(now: datetime) -> None:
    """Put the rows without digests of each table on record that was not completed before."""
    log = LogHead.objects.values_list("identity", flat=True).first()
    complete = {name for identity, name in _complete if identity == log}
    if complete.issuperset(digest_tables()):
        return
    entries = _UNSCOPED.rows(LogEntry).filter(kind=DIGESTED, facts__contains='"complete"')
    for facts in entries.values_list("facts", flat=True):
        complete.update(decode_facts(facts).get("complete", ()))
    for table in digest_tables().values():
        if table.name not in complete:
            _backfill(table)
    log = LogHead.objects.values_list("identity", flat=True).first()
    _complete.update((str(log), name) for name in digest_tables())


def _backfill(table: DigestTable) -> None:
    """Put rows on record in chunks; the last chunk completes the table."""
    after, is_last, digested = 0, False, _DigestedKeys(table)
    while not is_last:
        with recorded() as log:
            keys = list(table.rows.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:_CHUNK])
            is_last = len(keys) < _CHUNK
            digested.read_newer()
            log.digest(table.model, set(keys) - digested.keys, is_complete=is_last)
            after = keys[-1] if keys else after


class _DigestedKeys:
    """The primary keys of rows that have a digest, read from one batch to the next."""

    def __init__(self, table: DigestTable) -> None:
        self.keys: set[int] = set()
        self._table, self._batch = table, 0

    def read_newer(self) -> None:
        """Add the keys of digests that were added since."""
        rows = RowDigests.objects.filter(table=self._table.name, batch__gt=self._batch).order_by("batch")
        for batch, packed in rows.values_list("batch", "packed").iterator():
            self.keys.update(unpack_digests(bytes(packed)).keys.tolist())
            self._batch = batch
