"""Change the key of the installation that wraps the keys of persons.

New keys of persons use the new key at once. Existing keys are rewrapped in batches; then the old key file is deleted.
`finish_change` continues an interrupted change. Personal values are neither decrypted nor stored again.
"""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from fanzha.base.clock import to_ms
from fanzha.command.audit.encryption import load_wrapping_key, rewrap_key, wrapping_key_name
from fanzha.command.audit.log_writer import lock_head
from fanzha.command.audit.models import LogHead, PersonKey
from fanzha.command.audit.recorder import recorded
from fanzha.processes.log.entry import Draft
from fanzha.store.keys import load_key
from fanzha.store.state_folder import state_folder

#: An entry of this kind states from which key to which one the keys of persons move.
WRAPPING_KEY_CHANGED = "wrapping_key_changed"

_BATCH = 1_000


def change_wrapping_key(at: datetime, actor: str, report: Callable[[int], None] = lambda number: None) -> int:
    """Create the next wrapping key, wrap all keys of persons under it, and return its number.

    `report` receives the number of keys wrapped so far.
    """
    with recorded() as log:
        head = lock_head()
        number = head.wrapping_key + 1
        load_key(wrapping_key_name(number))  # creates the file
        LogHead.objects.filter(pk=head.pk).update(wrapping_key=number)
        facts = {"from": str(number - 1), "to": str(number)}
        log.add(Draft(kind=WRAPPING_KEY_CHANGED, at=to_ms(at), actor=actor, organization="", about="", facts=facts))
    finish_change(report)
    return number


def finish_change(report: Callable[[int], None] = lambda number: None) -> int:
    """Wrap the keys of persons that are under earlier keys; return how many. Remove key files that no row needs."""
    with transaction.atomic():
        current = lock_head().wrapping_key
    load_wrapping_key(current)  # raises UsageError before a row is changed
    total = 0
    while count := _rewrap_batch(current):
        total += count
        report(total)
    for number in range(1, current):
        (state_folder() / "keys" / wrapping_key_name(number)).unlink(missing_ok=True)
    return total


def _rewrap_batch(current: int) -> int:
    with transaction.atomic():
        lock_head()  # no other transaction destroys or adds keys meanwhile
        rows = list(PersonKey.objects.filter(wrapped__isnull=False, wrapping_key__lt=current).order_by("pk")[:_BATCH])
        for row in rows:
            rewrap_key(row, current)
        PersonKey.objects.bulk_update(rows, ["wrapped", "wrapping_key"])
    return len(rows)
