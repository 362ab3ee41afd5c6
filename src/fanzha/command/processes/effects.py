"""Effects that send nothing to other systems: notifications, notices, list entries, follow-ups, duty, erasure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from fanzha.base.clock import from_ms, to_ms
from fanzha.base.words import Words
from fanzha.command.audit.selectors import DigestTable
from fanzha.command.audit.services import recorded
from fanzha.command.organizations.selectors import active_organizations, permanent_members
from fanzha.command.organizations.services import end_watch, save_watch
from fanzha.command.processes import notifications
from fanzha.command.processes.digest_tables import FALSE_DISPOSALS, LIST_ENTRIES, NOTICES
from fanzha.command.processes.document_requests import request_documents
from fanzha.command.processes.erasure import erase_files
from fanzha.command.processes.hooks import EffectHandler, register_notice
from fanzha.command.processes.list_entries import entry_columns
from fanzha.command.processes.models import FalseDisposal, FollowUp, ListEntry, OutboxItem, SubjectNotice
from fanzha.command.processes.parties import select_named_organizations
from fanzha.command.processes.persistence import add_participants
from fanzha.command.processes.process_settings import load_processes
from fanzha.command.processes.situations import current_situation
from fanzha.command.web.roles import Kind
from fanzha.processes.documents import DocumentType
from fanzha.processes.effects import Effect
from fanzha.processes.evidence import EvidenceField
from fanzha.processes.log.entry import Draft
from fanzha.processes.parties import PartyRole

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization, Person


def write_notice(item: OutboxItem) -> None:
    """Write the notice to the person concerned; notify it too if it is an organisation on the platform."""
    notice = item.payload["told"]
    notifications.notify(
        item, select_named_organizations(item.instance, PartyRole.SUBJECT), Words(*notice["fact"]), urgent=True
    )
    empty = ("", "")
    row, _ = SubjectNotice.objects.get_or_create(
        key=item.key,
        defaults={
            "owner": item.instance.owner,
            "instance": item.instance,
            "until": from_ms(notice["until"]) if notice.get("until") else None,
            "written_at": timezone.now(),
            **{
                f"{part}_{language}": _bilingual(notice.get(part) or empty)[language]
                for part in ("fact", "basis", "remedy", "period")
                for language in ("zh", "en")
            },
        },
    )
    _digest(NOTICES, [row.pk])
    request_documents(item, row, DocumentType.NOTICE, timezone.now())
    register_notice(item, row)


def request_follow_up(item: OutboxItem) -> None:
    """Ask the owner to open the follow-up process; a person chooses the event that opens it."""
    name = item.payload["process"]
    FollowUp.objects.get_or_create(
        key=item.key,
        defaults={
            "owner": item.instance.owner,
            "instance": item.instance,
            "process": name,
            "asked_at": timezone.now(),
        },
    )
    title, after = load_processes()[name].title, notifications.describe_event(item)
    notifications.notify(
        item, [item.instance.owner], Words(f"待启动：{title.zh}（{after.zh}）", f"To open: {title.en} ({after.en})")
    )


def publish_list_entry(item: OutboxItem) -> None:
    """Create the list entry of a decision."""
    row, _ = ListEntry.objects.get_or_create(
        key=item.key,
        defaults={
            "owner": item.instance.owner,
            "instance": item.instance,
            "listed_at": timezone.now(),
            **entry_columns(item.instance, item.payload["event"]),
        },
    )
    _digest(LIST_ENTRIES, [row.pk])


def withdraw_list_entry(item: OutboxItem) -> None:
    """Withdraw the list entries of a process; the rows are kept as history."""
    rows = ListEntry.objects.filter(instance=item.instance, withdrawn_at=None)
    keys = list(rows.values_list("pk", flat=True))
    rows.update(withdrawn_at=timezone.now())
    _digest(LIST_ENTRIES, keys)


def record_false_disposal(item: OutboxItem) -> None:
    """Record a disposal that proved wrong."""
    row, _ = FalseDisposal.objects.get_or_create(
        key=item.key,
        defaults={
            "owner": item.instance.owner,
            "instance": item.instance,
            "event": item.payload.get("event", ""),
            "at": timezone.now(),
        },
    )
    _digest(FALSE_DISPOSALS, [row.pk])


def _digest(table: DigestTable, keys: Iterable[int]) -> None:
    """Put rows on record in the state that they have at the end of the transaction."""
    with recorded() as log:
        log.digest(table.model, keys)


def warn_exposed(item: OutboxItem) -> None:
    """Ask the carriers of the province to warn their subscribers who were exposed.

    They can read the process if its subject is no personal data.
    """
    words = notifications.describe_event(item)
    carriers = active_organizations().filter(kind__in=(Kind.CARRIER, Kind.MVNO), province=item.instance.owner.province)
    if not any(field.personal and field.party_role for field in _all_fields(item)):
        add_participants(item.instance, carriers)
    message = Words(f"请提醒已接触用户：{words.zh}", f"Warn those who were exposed: {words.en}")
    notifications.notify(item, carriers, message, urgent=True)


def set_duty(item: OutboxItem) -> None:
    """Put the officer on duty, with the deputy as substitute."""
    _write_duty(item, "officer", "deputy")


def set_deputy(item: OutboxItem) -> None:
    """Put the deputy on duty, with the officer as substitute."""
    _write_duty(item, "deputy", "officer")


def clear_duty(item: OutboxItem) -> None:
    """End the duty now; delete it if it has not begun."""
    begins_at, _ends_at, people = _read_duty(item)
    end_watch(item.instance.owner, people.values(), begins_at)


def erase_personal_files(item: OutboxItem) -> None:
    """Erase all personal files of a process (face images, identity documents), and record the erasure.

    A second call finds none and records nothing.
    """
    with recorded() as log:
        if count := erase_files(item.instance):
            log.add(
                Draft(
                    kind="biometrics_erased",
                    at=to_ms(timezone.now()),
                    actor="",
                    organization=item.instance.owner.ref,
                    process=item.instance.ref,
                    about=item.instance.about,
                    facts={"files": count, "event": item.payload.get("event", "")},
                )
            )


def _notify_handler(recipients: Callable[[OutboxItem], list[Organization]]) -> EffectHandler:
    return EffectHandler(lambda item: notifications.notify(item, recipients(item), notifications.describe_event(item)))


def _applicant(item: OutboxItem) -> list[Organization]:
    return select_named_organizations(item.instance, PartyRole.APPLICANT) or [item.instance.owner]


def _owner(item: OutboxItem) -> list[Organization]:
    return [item.instance.owner]


def _all_fields(item: OutboxItem) -> Iterable[EvidenceField]:
    events = item.instance.version.process.events.values()
    return (field for event in events for field in event.evidence.values())


def _bilingual(words: Any) -> dict[str, str]:
    """Return a stored pair of texts by language."""
    return dict(zip(("zh", "en"), words, strict=True))


def _write_duty(item: OutboxItem, first: str, second: str) -> None:
    begins_at, ends_at, people = _read_duty(item)
    save_watch(item.instance.owner, people[first], people[second], begins_at, ends_at)


def _read_duty(item: OutboxItem) -> tuple[datetime, datetime, dict[str, Person]]:
    """Return start, end and the people by role (officer, deputy); all of them are members of the owner."""
    facts = current_situation(item.instance).facts
    members = permanent_members(item.instance.owner_id)
    people = {part: members.get(ref=str(facts[part])) for part in ("officer", "deputy")}
    return from_ms(_to_ms(facts["begins_at"])), from_ms(_to_ms(facts["ends_at"])), people


def _to_ms(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError(f"no moment: {value!r}")
    return value


EFFECTS = {
    Effect.ESCALATE: EffectHandler(notifications.escalate),
    Effect.OPEN_PROCESS: EffectHandler(request_follow_up),
    Effect.NOTIFY_OWNER: _notify_handler(_owner),
    Effect.NOTIFY_SUBJECT: EffectHandler(write_notice),
    Effect.NOTIFY_RECEIVERS: _notify_handler(notifications.receiving_organizations),
    Effect.NOTIFY_APPLICANT: _notify_handler(_applicant),
    Effect.NOTIFY_REGULATOR: _notify_handler(lambda item: notifications.supervisors(item.instance.owner)),
    Effect.NOTIFY_POLICE: EffectHandler(notifications.notify_police),
    Effect.NOTIFY_NAMED: EffectHandler(notifications.notify_named),
    Effect.PUBLISH_LIST_ENTRY: EffectHandler(publish_list_entry),
    Effect.WITHDRAW_LIST_ENTRY: EffectHandler(withdraw_list_entry),
    Effect.RECORD_FALSE_DISPOSAL: EffectHandler(record_false_disposal),
    Effect.WARN_EXPOSED: EffectHandler(warn_exposed),
    Effect.SET_DUTY: EffectHandler(set_duty),
    Effect.SET_DEPUTY: EffectHandler(set_deputy),
    Effect.CLEAR_DUTY: EffectHandler(clear_duty),
    Effect.ERASE_BIOMETRICS: EffectHandler(erase_personal_files),
}
