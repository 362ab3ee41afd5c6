"""Effects that need only the database: notifications, escalations, notices, list entries, follow-up processes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from fanzha.base.clock import from_ms
from fanzha.base.words import Words
from fanzha.command.organizations.selectors import active_organizations
from fanzha.command.processes import duties, notifications
from fanzha.command.processes.handlers import Handler
from fanzha.command.processes.list_entries import entry_columns
from fanzha.command.processes.models import FalseDisposal, FollowUp, ListEntry, OutboxItem, SubjectNotice
from fanzha.command.processes.persistence import add_participants
from fanzha.command.processes.process_settings import load_processes
from fanzha.command.processes.selectors import select_named_organizations
from fanzha.command.web.roles import Kind
from fanzha.processes.effects import Effect
from fanzha.processes.evidence import EvidenceField
from fanzha.processes.parties import Standing

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization


def write_notice(item: OutboxItem) -> None:
    """Write the notice to the person concerned; notify it too if it is an organisation on the platform."""
    notice = item.payload["told"]
    notifications.notify(
        item, select_named_organizations(item.instance, Standing.SUBJECT), Words(*notice["fact"]), urgent=True
    )
    empty = ("", "")
    SubjectNotice.objects.get_or_create(
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
    ListEntry.objects.get_or_create(
        key=item.key,
        defaults={
            "owner": item.instance.owner,
            "instance": item.instance,
            "listed_at": timezone.now(),
            **entry_columns(item.instance, item.payload["event"]),
        },
    )


def withdraw_list_entry(item: OutboxItem) -> None:
    """Withdraw the list entries of a process; the rows are kept as history."""
    ListEntry.objects.filter(instance=item.instance, withdrawn_at=None).update(withdrawn_at=timezone.now())


def record_false_disposal(item: OutboxItem) -> None:
    """Record a disposal that proved wrong."""
    FalseDisposal.objects.get_or_create(
        key=item.key,
        defaults={
            "owner": item.instance.owner,
            "instance": item.instance,
            "event": item.payload.get("event", ""),
            "at": timezone.now(),
        },
    )


def warn_exposed(item: OutboxItem) -> None:
    """Ask the carriers of the province to warn their subscribers who were exposed.

    They can read the process if its subject is no personal data.
    """
    words = notifications.describe_event(item)
    carriers = active_organizations().filter(kind__in=(Kind.CARRIER, Kind.MVNO), province=item.instance.owner.province)
    if not any(field.personal and field.standing for field in _all_fields(item)):
        add_participants(item.instance, carriers)
    message = Words(f"请提醒已接触用户：{words.zh}", f"Warn those who were exposed: {words.en}")
    notifications.notify(item, carriers, message, urgent=True)


def _notify_handler(recipients: Callable[[OutboxItem], list[Organization]]) -> Handler:
    return Handler(lambda item: notifications.notify(item, recipients(item), notifications.describe_event(item)))


def _applicant(item: OutboxItem) -> list[Organization]:
    return select_named_organizations(item.instance, Standing.APPLICANT) or [item.instance.owner]


def _owner(item: OutboxItem) -> list[Organization]:
    return [item.instance.owner]


def _all_fields(item: OutboxItem) -> Iterable[EvidenceField]:
    events = item.instance.version.process.events.values()
    return (field for event in events for field in event.evidence.values())


def _bilingual(words: Any) -> dict[str, str]:
    """Return a stored pair of texts by language."""
    return dict(zip(("zh", "en"), words, strict=True))


EFFECTS = {
    Effect.ESCALATE: Handler(notifications.escalate),
    Effect.OPEN_PROCESS: Handler(request_follow_up),
    Effect.NOTIFY_OWNER: _notify_handler(_owner),
    Effect.NOTIFY_SUBJECT: Handler(write_notice),
    Effect.NOTIFY_RECEIVERS: _notify_handler(notifications.receiving_organizations),
    Effect.NOTIFY_APPLICANT: _notify_handler(_applicant),
    Effect.NOTIFY_REGULATOR: _notify_handler(lambda item: notifications.supervisors(item.instance.owner)),
    Effect.NOTIFY_POLICE: Handler(notifications.notify_police),
    Effect.NOTIFY_NAMED: Handler(notifications.notify_named),
    Effect.PUBLISH_LIST_ENTRY: Handler(publish_list_entry),
    Effect.WITHDRAW_LIST_ENTRY: Handler(withdraw_list_entry),
    Effect.RECORD_FALSE_DISPOSAL: Handler(record_false_disposal),
    Effect.WARN_EXPOSED: Handler(warn_exposed),
    Effect.SET_DUTY: Handler(duties.set_duty),
    Effect.SET_DEPUTY: Handler(duties.set_deputy),
    Effect.CLEAR_DUTY: Handler(duties.clear_duty),
}
