"""Which verdicts rest on feeds alone whose licence forbids passing on, so that they are not handed on as our own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from fanzha.command.exchange.models import FeedItem
from fanzha.command.subjects.selectors import VerdictFacts, find_standing_opinions
from fanzha.command.web.database import bulk
from fanzha.command.web.scoping import unscoped
from fanzha.share.licences import allows_passing_on

_UNSCOPED = unscoped("statements of feeds and opinions of the owner of a collection")


class Unlicensed(NamedTuple):
    """Subjects (primary keys) that rest on such feeds alone, and ids of objects that such feeds stated."""

    subject_pks: frozenset[int] = frozenset()
    object_ids: frozenset[str] = frozenset()


def find_unlicensed(owner: int, facts: Sequence[VerdictFacts]) -> Unlicensed:
    """Return what an organisation (primary key) may not pass on, by two statements.

    A verdict may be passed on if a finding of ours, a feed whose licence allows it, or an opinion of ours from before
    such a feed first stated it supports it. A confirmation of what a feed stated is no source of its own, also
    after the feed took it back. The licence of the feed binds beside that of the object. What a feed thinks of an
    object of others is no source.
    """
    subject_pks = {one.subject_pk for one in facts}
    if not subject_pks:
        return Unlicensed()
    items = _UNSCOPED.rows(FeedItem).filter(
        bulk.column_in("subject_id", sorted(subject_pks)), feed__owner=owner, about=""
    )
    forbidden: dict[int, list[datetime | None]] = defaultdict(list)
    object_ids: set[str] = set()
    supported = {one.subject_pk for one in facts if one.findings > 0}
    columns = ("subject_id", "object_id", "licence", "feed__licence", "first_received_at", "withdrawn_at")
    for row in items.order_by().values_list(*columns):
        subject_pk, object_id, licence, contract, received_at, withdrawn_at = row
        if not (allows_passing_on(licence) and allows_passing_on(contract)):
            forbidden[subject_pk].append(received_at)
            object_ids.add(object_id)
        elif withdrawn_at is None:
            supported.add(subject_pk)
    if left := sorted(forbidden.keys() - supported):
        own = find_standing_opinions(_UNSCOPED).filter(bulk.column_in("subject_id", left), owner=owner)
        for subject_pk, given_at in own.order_by().values_list("subject_id", "given_at"):
            times = forbidden[subject_pk]
            if all(received_at is not None and given_at < received_at for received_at in times):
                supported.add(subject_pk)
    return Unlicensed(frozenset(forbidden.keys() - supported), frozenset(object_ids))
