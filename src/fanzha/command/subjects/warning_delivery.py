"""Hand warnings to `fanzha deliver` through the outbox in the state folder, for the channels that it sends."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.base.words import Words
from fanzha.command.processes.selectors import current_situation, find_steps
from fanzha.command.subjects.process_subjects import select_process_subjects
from fanzha.command.web.scoping import unscoped
from fanzha.store.delivery_settings import load_delivery_settings
from fanzha.store.warning_outbox import OutgoingWarning, open_outbox

if TYPE_CHECKING:
    from fanzha.command.processes.models import OutboxItem

_UNSCOPED = unscoped("one worker sends the warnings of all organisations")

#: How late a warning is sent at most, also where it is tried again. A later warning would be about a call in the past.
MAX_DELAY = timedelta(minutes=5)
#: Channels that only `fanzha deliver` sends, with the table that sets them up. Texts may go by `[warn]` instead.
_TABLES = {"voice": "[deliver.voice]", "email": "[deliver.email]", "app": "[deliver.app]"}
_NO_NUMBER = Words("未指明号码", "no number is named")


def is_sent_by_outbox(channel: str) -> bool:
    """Return whether `fanzha deliver` sends a channel. Raise UsageError if its settings are invalid."""
    return channel in _TABLES or channel in load_delivery_settings().channels()


def enqueue_warning(channel: str, item: OutboxItem, wording: str, words: Words) -> Words | None:
    """Put a warning to each number that a dissuasion is about, or to the address of the step, into the outbox.

    Return what stands against it. A second call with the same item adds nothing.
    """
    if channel not in load_delivery_settings().channels():
        table = _TABLES.get(channel, "[deliver.smpp]")
        return Words(f"未配置该渠道（fanzha.toml 的 {table}）", f"this channel is not set up: {table} in fanzha.toml")
    recipients = _recipients(channel, item)
    if not recipients:
        return _NO_NUMBER
    now, instance = timezone.now(), item.instance
    fraud_type = str(current_situation(instance).facts.get("fraud_type", ""))
    warnings = [
        OutgoingWarning(
            key=f"{instance.ref}/{item.step}/{channel}/{number}",
            channel=channel,
            recipient=recipient,
            words=words,
            created_at=to_ms(now),
            expires_at=to_ms(now + MAX_DELAY),
            fraud_type=fraud_type,
            wording=wording,
        )
        for number, recipient in enumerate(recipients)
    ]
    with open_outbox() as outbox:
        outbox.add(warnings)
    return None


def _recipients(channel: str, item: OutboxItem) -> list[str]:
    if channel == "email":
        step = find_steps(_UNSCOPED).filter(instance=item.instance, number=item.step).first()
        address = str(step.personal.get("email_address", "")).strip() if step else ""
        return [address] if address else []
    subjects = select_process_subjects(item.instance, timezone.now())
    return [subject.value for subject in subjects if subject.kind == "phone_number"]
