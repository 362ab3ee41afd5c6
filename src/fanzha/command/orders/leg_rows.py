"""The legs of one order as its page shows them: how far each is, how it was sent, and what its reader may press."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from fanzha.base.words import Words
from fanzha.command.orders.models import Sending, SendingState
from fanzha.command.orders.urging import may_urge
from fanzha.command.processes.models import Leg
from fanzha.command.processes.presenters import LegSummary, NextStep, ProcessPage
from fanzha.command.web.i18n import localize
from fanzha.command.web.viewer import Viewer
from fanzha.dispose import all_channels

#: What is pressed at once, without a page between; all else leads to the form of its event.
ONE_PRESS = ("acknowledge", "report_executed", "report_lifted")
#: States in which a receiver keeps others waiting.
WAITED_FOR = ("sent", "unanswered", "acknowledged", "partial", "releasing")


@dataclass(frozen=True)
class LegRow:
    """One leg. `done` is the event that says it is done, "" where there is none to press."""

    leg: Leg
    title: Words
    is_end: bool
    is_mine: bool
    sending: Sending | None
    channel: str
    sent_words: str
    can_acknowledge: bool
    done: str
    others: tuple[NextStep, ...]
    can_urge: bool


def leg_rows(shown: ProcessPage, viewer: Viewer) -> list[LegRow]:
    """Return the legs that the viewer may read, in one query more."""
    latest: dict[str, Sending] = {}
    for one in Sending.objects.filter(instance=shown.instance).defer("file_body").order_by("pk"):
        latest[one.leg] = one
    return [_row(one, shown.allowed, latest.get(one.leg.name), viewer, shown) for one in shown.legs]


def _row(
    one: LegSummary, allowed: Sequence[NextStep], sending: Sending | None, viewer: Viewer, shown: ProcessPage
) -> LegRow:
    leg = one.leg
    leg.instance = shown.instance
    mine = {step.offer.event: step for step in allowed if step.leg and step.leg.pk == leg.pk}
    return LegRow(
        leg=leg,
        title=one.title,
        is_end=one.is_end,
        is_mine=leg.receiver_id == viewer.organization,
        sending=sending,
        channel=localize(all_channels()[sending.channel].title)
        if sending and sending.channel in all_channels()
        else "",
        sent_words=_sent(sending),
        can_acknowledge="acknowledge" in mine,
        done=next((name for name in ("report_executed", "report_lifted") if name in mine), ""),
        others=tuple(step for name, step in mine.items() if name not in ONE_PRESS),
        can_urge=leg.state in WAITED_FOR and not one.is_end and may_urge(leg, viewer),
    )


def _sent(sending: Sending | None) -> str:
    if sending is None:
        return _("by hand")
    return {
        SendingState.WAITING: _("being sent"),
        SendingState.SENT: _("sent"),
        SendingState.OVERTAKEN: _("not sent: the leg had moved on"),
        SendingState.DEAD: _("given up: it could not be sent"),
    }[SendingState(sending.state)]
