"""Send a victim the warning of her dissuasion by text or flash SMS, and take the step that says what became of it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from django.utils import timezone

from fanzha.base import outgoing_request
from fanzha.base.errors import UsageError
from fanzha.base.outgoing_request import PrivateAddressPolicy
from fanzha.base.words import Words
from fanzha.command.processes.selectors import current_situation, find_steps
from fanzha.command.processes.services import PendingDelivery, fire
from fanzha.command.subjects.process_subjects import select_process_subjects
from fanzha.command.subjects.warning_delivery import MAX_DELAY, enqueue_warning, is_sent_by_outbox
from fanzha.command.subjects.warning_settings import load_gateway, load_warning_settings
from fanzha.command.warnings.selectors import ChosenWording, wording_for
from fanzha.command.web.i18n import site_words
from fanzha.command.web.scoping import unscoped
from fanzha.processes.parties import SYSTEM
from fanzha.processes.refusal import Refusal
from fanzha.warn import Gateway, WarningNotice, all_channels

if TYPE_CHECKING:
    from fanzha.command.processes.models import OutboxItem, ProcessInstance

_UNSCOPED = unscoped("one worker sends the warnings of all organisations")

#: 16-bit units of a message alone, and of one of several that are joined (3GPP TS 23.040 §9.2.3.24.1).
_ALONE, _JOINED = 70, 67
#: A preview is built like a message, for a number and a gateway that do not exist.
_NOBODY, _NO_SENDER = "+8600000000000", Gateway("https://gateway.invalid/", "nobody", "nothing", "nobody")
_NO_GATEWAY = Words("未配置短信网关（fanzha.toml 的 [warn]）", "no SMS gateway is set up: [warn] in fanzha.toml")
_SIMULATED = Words("演练，未实际发送", "an exercise, nothing was sent")
_TOO_LATE = Words("五分钟内未能发出", "it could not be sent within five minutes")
_NO_NUMBER = Words("未指明号码", "no number is named")


def send_warning(channel: str, item: OutboxItem) -> PendingDelivery:
    """Return the pending delivery of a warning on a warning channel, such as `text`."""
    return PendingDelivery(frozenset({"sms gateway"}), partial(_send, channel, item))


def _send(channel: str, item: OutboxItem) -> None:
    """Send the warning, and record it as a step, or hand it to `fanzha deliver`, whose outcomes become steps.

    Raise RequestFailed to have it tried again within `MAX_DELAY`. Nothing is sent once the dissuasion has ended.
    """
    instance = item.instance
    if instance.ended_at is not None:
        return
    wording = choose_wording(channel, instance)
    problem = _SIMULATED if instance.simulated else _TOO_LATE if _is_late(item) else None
    if problem is None and is_sent_by_outbox(channel):
        problem = enqueue_warning(channel, item, wording.version, site_words(wording.words))
        if problem is None:
            return
    elif problem is None:
        try:
            problem = _post(channel, instance, wording.words)
        except (UsageError, ValueError) as error:
            problem = Words(str(error), str(error))
    try:
        if problem is None:
            fire(instance.ref, "record_warning_sent", SYSTEM, {"channel": channel, "script": wording.version})
        else:
            text = " ".join(dict.fromkeys(problem))
            fire(instance.ref, "record_warning_failed", SYSTEM, {"channel": channel, "problem": text})
    except Refusal:  # the dissuasion has ended since
        return


def choose_wording(channel: str, instance: ProcessInstance) -> ChosenWording:
    """Return the words with which a dissuasion warns its person; a trial draws them by the person."""
    fraud_type = str(current_situation(instance).facts.get("fraud_type", ""))
    return wording_for(fraud_type, channel, instance.about or instance.ref, owner=instance.owner)


def _post(channel: str, instance: ProcessInstance, wording: Words) -> Words | None:
    """Send to each number that the process is about; return what stands against it."""
    settings = load_warning_settings()
    if not settings.url:
        return _NO_GATEWAY
    subjects = select_process_subjects(instance, timezone.now())
    numbers = [subject.value for subject in subjects if subject.kind == "phone_number"]
    if not numbers:
        return _NO_NUMBER
    gateway, words = load_gateway(settings), site_words(wording)
    policy = PrivateAddressPolicy(settings.local_addresses, "[warn] local_addresses")
    for number in numbers:
        request = all_channels()[channel].build(WarningNotice(number, words), gateway)
        outgoing_request.post(request.url, request.headers, request.body, policy)
    return None


class WarningPreview(NamedTuple):
    """The text of a warning as it arrives on a handset; `parts` is how many messages a handset joins."""

    text: str
    characters: int
    parts: int


def preview_warning(channel: str, wording: Words) -> WarningPreview:
    """Return the text that a warning channel of texts sends with a wording."""
    text = all_channels()[channel].build(WarningNotice(_NOBODY, site_words(wording)), _NO_SENDER).body.decode()
    units = len(text.encode("utf-16-be")) // 2
    return WarningPreview(text, units, 1 if units <= _ALONE else -(-units // _JOINED))


def _is_late(item: OutboxItem) -> bool:
    step = find_steps(_UNSCOPED).filter(instance=item.instance, number=item.step).first()
    return step is None or timezone.now() - step.at > MAX_DELAY
