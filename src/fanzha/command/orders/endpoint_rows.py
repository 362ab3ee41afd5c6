"""The ways to one organisation with their figures: sent, waiting, given up; files out and in, used and rejected."""

from typing import NamedTuple

from django.db.models import Count, Q, Sum

from fanzha.command.orders.exchange_folder import come_in, waiting_out
from fanzha.command.orders.models import Endpoint, Outcome, ReceivedMessage, Sending, SendingState
from fanzha.command.organizations.models import Organization
from fanzha.dispose import DisposalChannel, all_channels


class EndpointRow(NamedTuple):
    """One way. `out` and `came` count files that lie in its folders, None where there are none."""

    endpoint: Endpoint
    channel: DisposalChannel | None
    sent: int
    waiting: int
    dead: int
    used: int
    rejected: int
    messages_waiting: int
    messages_rejected: int
    out: int | None
    came: int | None


def endpoint_rows(organization: Organization) -> list[EndpointRow]:
    """Return the ways of an organisation, in three queries."""
    rows = list(Endpoint.objects.filter(owner=organization))
    sendings = _by_endpoint(
        Sending.objects.filter(endpoint__in=rows)
        .order_by()
        .values("endpoint")
        .annotate(
            sent=Count("pk", filter=Q(state=SendingState.SENT)),
            waiting=Count("pk", filter=Q(state=SendingState.WAITING)),
            dead=Count("pk", filter=Q(state=SendingState.DEAD)),
        )
    )
    received = _by_endpoint(
        ReceivedMessage.objects.filter(endpoint__in=rows)
        .order_by()
        .values("endpoint")
        .annotate(
            all_used=Sum("used"),
            all_rejected=Sum("rejected"),
            messages_waiting=Count("pk", filter=Q(outcome=Outcome.WAITING)),
            messages_rejected=Count("pk", filter=Q(outcome=Outcome.REJECTED)),
        )
    )
    return [_row(one, sendings.get(one.pk, {}), received.get(one.pk, {})) for one in rows]


def _by_endpoint(rows: object) -> dict[int, dict[str, int]]:
    return {row["endpoint"]: row for row in rows}  # type: ignore[attr-defined]


def _row(endpoint: Endpoint, sent: dict[str, int], received: dict[str, int]) -> EndpointRow:
    channel = all_channels().get(endpoint.channel)
    by_file = channel is not None and channel.goes == "file"
    return EndpointRow(
        endpoint=endpoint,
        channel=channel,
        sent=sent.get("sent", 0),
        waiting=sent.get("waiting", 0),
        dead=sent.get("dead", 0),
        used=received.get("all_used", 0) or 0,
        rejected=received.get("all_rejected", 0) or 0,
        messages_waiting=received.get("messages_waiting", 0),
        messages_rejected=received.get("messages_rejected", 0),
        out=waiting_out(endpoint) if by_file else None,
        came=len(come_in(endpoint)) if by_file else None,
    )
