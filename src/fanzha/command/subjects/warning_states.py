"""What became of the latest warning on each channel of a dissuasion, for the page of the victim."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from fanzha.base.errors import UsageError
from fanzha.base.words import Words
from fanzha.command.processes.selectors import find_steps
from fanzha.command.web.i18n import localize
from fanzha.store.delivery_settings import load_delivery_settings
from fanzha.warn import all_channels

if TYPE_CHECKING:
    from fanzha.command.processes.models import ProcessInstance, Step

#: The step that hands a warning over for sending, by channel.
HAND_OVER = {
    "text": "send_text",
    "flash_sms": "send_flash",
    "voice": "send_voice",
    "app": "send_app",
    "email": "send_email",
}
#: Channels that the page offers only where `fanzha deliver` is set up for them.
_OPTIONAL = ("voice", "app", "email")
_STATES = {
    "record_warning_sent": "sent",
    "record_warning_failed": "failed",
    "record_warning_unknown": "unknown",
    "record_warning_delivered": "delivered",
    "record_warning_undelivered": "undelivered",
    "record_voice_answered": "answered",
    "record_voice_unanswered": "unanswered",
}
_OF_VOICE = ("answered", "unanswered")
_CALL_BACK = "record_call_back_request"


@dataclass(frozen=True)
class VictimWarning:
    """The latest state of a channel: waiting, sent, delivered, failed, undelivered, unknown, answered or unanswered.

    `problem` says why; `seconds` is how long the person listened to a call. `wants_call` is true if she pressed 1.
    """

    channel: str
    at: datetime
    state: str
    problem: str = ""
    seconds: int = 0
    wants_call: bool = False

    @property
    def is_problem(self) -> bool:
        """Return whether somebody has to call her, since the warning may not have reached her."""
        return self.state in ("failed", "undelivered", "unknown", "unanswered")


def list_warning_states(instance: ProcessInstance) -> list[VictimWarning]:
    """Return the latest state of each channel on which a warning was handed over for sending."""
    events = (*HAND_OVER.values(), *_STATES, _CALL_BACK)
    steps = list(find_steps().filter(instance=instance, leg="", event__in=events).order_by("-number"))
    wants_call = any(step.event == _CALL_BACK for step in steps)
    states = []
    for channel, event in HAND_OVER.items():
        latest = next((step for step in steps if event == step.event or _channel(step) == channel), None)
        if latest is not None:
            states.append(_describe(instance, channel, latest, wants_call=wants_call and channel == "voice"))
    return states


def hidden_steps() -> frozenset[str]:
    """Return the steps for channels that are not configured on this site."""
    try:
        channels = load_delivery_settings().channels()
    except UsageError:  # `fanzha up` names the mistake; the page of a victim must not fail by it
        channels = frozenset()
    return frozenset(HAND_OVER[channel] for channel in _OPTIONAL if channel not in channels)


def _channel(step: Step) -> str:
    return "voice" if _STATES.get(step.event) in _OF_VOICE else str(step.evidence.get("channel", ""))


def _describe(instance: ProcessInstance, channel: str, step: Step, *, wants_call: bool) -> VictimWarning:
    evidence: Mapping[str, Any] = step.evidence
    titles = instance.version.process.events["record_warning_sent"].evidence["channel"].choices
    title, state = localize(titles.get(channel, all_channels()[channel].title)), _STATES.get(step.event, "waiting")
    problem = str(evidence.get("problem", ""))
    if state == "unanswered":
        choices = instance.version.process.events[step.event].evidence["result"].choices
        problem = localize(choices.get(str(evidence.get("result")), Words("", "")))
    return VictimWarning(title, step.at, state, problem, int(evidence.get("listened_seconds", 0)), wants_call)
