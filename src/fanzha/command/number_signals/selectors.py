"""Count the questions of banks that the current viewer may read about."""

from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from fanzha.command.number_signals.models import SignalRequest

#: Bank and service with most questions first; more of them are not shown.
MOST_ROWS = 50


def count_questions(since: datetime) -> list[dict[str, Any]]:
    """Return questions since a moment by holder of the data, bank and service, the most first."""
    groups = SignalRequest.objects.filter(at__gte=since).values("owner", "client", "service")
    counted = groups.annotate(
        questions=Count("pk"),
        numbers=Count("number_hash", distinct=True),
        answered=Count("pk", filter=Q(status=200)),
    )
    return [dict(row) for row in counted.order_by("-questions", "owner", "client", "service")[:MOST_ROWS]]
