"""Write to the audit log: record transactions, anchor the log, request its verification, and erase persons."""

from django.db import connection
from django.dispatch import Signal
from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.command.audit.anchors import make_anchor
from fanzha.command.audit.log_state import is_check_running
from fanzha.command.audit.log_writer import lock_head
from fanzha.command.audit.models import PersonalField, PersonKey
from fanzha.command.audit.pinned_key import change_key, pin_key
from fanzha.command.audit.publication_log import record_publication
from fanzha.command.audit.recorder import Recorder, is_recording, recorded
from fanzha.command.audit.row_checks import ROWS_DELETED
from fanzha.command.audit.sealed_values import ERASED
from fanzha.command.audit.tasks import check_log
from fanzha.command.audit.timestamp_requests import TextTimestamp, request_timestamp
from fanzha.command.audit.timestamps import InvalidTimestamp
from fanzha.command.audit.wrapping_key import change_wrapping_key, finish_change
from fanzha.processes.log.entry import Draft

__all__ = [
    "InvalidTimestamp",
    "ROWS_DELETED",
    "Recorder",
    "TextTimestamp",
    "change_key",
    "change_wrapping_key",
    "enable_secure_delete",
    "erase_person",
    "finish_change",
    "is_recording",
    "make_anchor",
    "person_erased",
    "pin_key",
    "record_publication",
    "recorded",
    "request_check",
    "request_timestamp",
]

#: Sent within the transaction, so that other apps erase the same person. `person` is the opaque id.
person_erased = Signal()


def request_check() -> None:
    """Enqueue a verification of the whole log, unless one is queued or running."""
    if not is_check_running():
        check_log.enqueue()


def erase_person(person: str, *, basis: str, actor: str, organization: str) -> int:
    """Destroy the keys of a person (an opaque id), and return the number of values that became unreadable.

    The log stays valid and records the erasure.

    `basis` is the legal basis to record, such as PIPL Art. 47. If the person has no key, nothing is recorded.
    """
    enable_secure_delete()
    with recorded() as log:
        lock_head()  # no other transaction can encrypt values under the key while they are counted
        intact_keys = PersonKey.objects.filter(person=person, wrapped__isnull=False)
        keys = {key: PersonalField.objects.filter(key=key).count() for key in intact_keys.values_list("pk", flat=True)}
        if not keys:
            return 0
        now = timezone.now()
        PersonKey.objects.filter(pk__in=keys).update(wrapped=None, erased_at=now)
        person_erased.send(sender=PersonKey, person=person)
        log.add(
            Draft(
                kind=ERASED,
                at=to_ms(now),
                actor=actor,
                organization=organization,
                about=person,
                facts={"keys": {str(key): values for key, values in keys.items()}, "basis": basis},
            )
        )
    return sum(keys.values())


def enable_secure_delete() -> None:
    """Make SQLite overwrite deleted bytes with zeros. PostgreSQL removes them with the next VACUUM."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")
