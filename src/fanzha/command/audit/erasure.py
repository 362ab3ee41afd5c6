"""Erase what the log knows of a person: his key is destroyed, the log stays valid, and the erasure is on record."""

from django.db import connection
from django.dispatch import Signal
from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.command.audit.log_writer import locked_head
from fanzha.command.audit.models import PersonalField, PersonKey
from fanzha.command.audit.recorder import recorded
from fanzha.command.audit.sealed_values import ERASED
from fanzha.processes.log.entry import Draft

#: Sent within the transaction, so that other apps forget the same person: `person` is the opaque id.
person_erased = Signal()


def erase_person(person: str, *, basis: str, actor: str, organisation: str) -> int:
    """Destroy the keys of a person (an opaque id) and return how many values nobody reads any more.

    `basis` names why, for the record: PIPL Art. 47. Nothing happens, and nothing is on record, where there is no key.
    """
    _overwrite_what_is_deleted()
    with recorded() as log:
        locked_head()  # nobody seals another value under the key meanwhile: what lies under it is counted
        held = PersonKey.objects.filter(person=person, wrapped__isnull=False)
        keys = {key: PersonalField.objects.filter(key=key).count() for key in held.values_list("pk", flat=True)}
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
                organisation=organisation,
                about=person,
                facts={"keys": {str(key): values for key, values in keys.items()}, "basis": basis},
            )
        )
    return sum(keys.values())


def _overwrite_what_is_deleted() -> None:
    """Have SQLite overwrite old bytes with zeros; PostgreSQL does so when it next tidies the page (VACUUM)."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")
