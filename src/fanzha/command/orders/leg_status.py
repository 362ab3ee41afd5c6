"""What became of a leg that the zone of blocked names or a mail carries, as far as this site knows it.

Of the zone: which names it serves at which serial, and how many resolvers have loaded that. Of a mail: whether the mail
server took it, and whether somebody entered an answer.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from fanzha.base.clock import from_ms
from fanzha.command.orders.models import OrderTarget, Sending, SendingState
from fanzha.command.orders.target_rows import ACTIVE_TARGET_STATES
from fanzha.command.web.scoping import unscoped
from fanzha.dispose import Action, all_channels
from fanzha.store.policy_zone import open_zone, zone_path
from fanzha.store.zone_settings import load_zone_settings

if TYPE_CHECKING:
    from fanzha.command.processes.models import Leg, ProcessInstance

_UNSCOPED = unscoped("the order was read by the viewer; only counts of its targets are shown")

#: Names of one order that are looked up; an order with more is judged by these.
MOST_NAMES = 500
#: States of a leg in which nobody has answered yet.
_UNANSWERED = ("sent", "unanswered")


class ZoneStatus(NamedTuple):
    """How many names of an order the zone serves as blocked, in which version, and how many resolvers have that one."""

    blocked: int
    names: int
    serial: int
    since: datetime
    current: int
    resolvers: int


def find_zone_status(order: ProcessInstance) -> ZoneStatus | None:
    """Return what the zone serves of an order, None where there is no zone, no version of it, or no such target."""
    settings = load_zone_settings()
    if settings is None or not zone_path().is_file():
        return None
    rows = _UNSCOPED.rows(OrderTarget).filter(
        instance=order,
        kind="website",
        action=Action.BLOCK_ACCESS,
        state__in=ACTIVE_TARGET_STATES,
    )
    names = list(rows.exclude(value="").order_by("place").values_list("value", flat=True)[:MOST_NAMES])
    with open_zone(settings.profile(), with_digest=settings.digest) as zone, zone.reading():
        version = zone.last_version()
        if version is None or not names:
            return None
        blocked = sum(map(zone.blocks, names))
        serials = [transfer.serial for transfer in zone.transfers()]
    current = sum(serial >= version.serial for serial in serials)
    return ZoneStatus(blocked, len(names), version.serial, from_ms(version.at), current, len(serials))


def describe_leg_status(leg: Leg, sending: Sending | None, zone: ZoneStatus | None) -> str:
    """Return what became of a leg in words, "" if its channel says nothing of its own."""
    channel = all_channels().get(sending.channel) if sending is not None else None
    if sending is None or channel is None:
        return ""
    if channel.goes == "zone" and zone is not None:
        return _describe_zone(zone)
    return _describe_mail(leg, sending) if channel.goes == "mail" else ""


def _describe_zone(zone: ZoneStatus) -> str:
    served = _("The zone blocks %(blocked)d of %(names)d names (serial %(serial)d of %(since)s).") % {
        "blocked": zone.blocked,
        "names": zone.names,
        "serial": zone.serial,
        "since": _moment(zone.since),
    }
    if not zone.resolvers:
        return f"{served} {_('No resolver has loaded it yet.')}"
    loaded = _("%(current)d of %(resolvers)d resolvers have loaded this serial.")
    return f"{served} {loaded % {'current': zone.current, 'resolvers': zone.resolvers}}"


def _describe_mail(leg: Leg, sending: Sending) -> str:
    if sending.state != SendingState.SENT or sending.sent_at is None:
        return "" if sending.state == SendingState.OVERTAKEN else _("The mail server has not taken the mail.")
    taken = _("The mail server took the mail on %(at)s.") % {"at": _moment(sending.sent_at)}
    if sending.is_undo:
        return taken
    is_answered = leg.state not in _UNANSWERED
    return f"{taken} {_('An answer was entered.') if is_answered else _('No answer was entered yet.')}"


def _moment(at: datetime) -> str:
    return date_format(localtime(at), "Y-m-d H:i")
