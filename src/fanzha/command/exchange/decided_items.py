"""Statements of feeds on whose subjects people of the receiver decided: the same, or the opposite."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from fanzha.claims.verdict import Level
from fanzha.command.exchange.models import FeedItem
from fanzha.command.subjects.selectors import find_standing_opinions
from fanzha.command.web.scoping import unscoped

_UNSCOPED = unscoped("statements of feeds and opinions of the organisation that subscribed to them")


def select_decided_items(owner: int, *, confirmed: bool) -> QuerySet[FeedItem]:
    """Return the statements that an organisation (primary key) confirmed, or refuted.

    An opinion on an object of others counts only if people decided after its receipt: agreement with an earlier
    decision proves nothing. A denial is confirmed by a decision that the subject is clear.
    """
    decided = find_standing_opinions(_UNSCOPED).filter(owner=owner, subject=OuterRef("subject"))
    later = decided.filter(given_at__gt=OuterRef("first_received_at"))
    same, opposite = (Level.SUSPECTED, Level.CLEAR) if confirmed else (Level.CLEAR, Level.SUSPECTED)
    accuses = ~Q(level=Level.CLEAR)
    return _UNSCOPED.rows(FeedItem).filter(
        Q(about="") & Exists(decided.filter(level=same))
        | ~Q(about="") & accuses & Exists(later.filter(level=same))
        | ~Q(about="") & ~accuses & Exists(later.filter(level=opposite)),
        feed__owner=owner,
    )
