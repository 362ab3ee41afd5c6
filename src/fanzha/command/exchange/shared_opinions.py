"""What people of an organisation think of the statements of its feeds, as opinions in its collections."""

from collections.abc import Collection as AnyOf
from datetime import datetime
from typing import NamedTuple

from fanzha.base.clock import to_ms
from fanzha.base.marking import STRICTNESS, Marking
from fanzha.claims.verdict import Level
from fanzha.command.exchange.models import Collection, FeedItem
from fanzha.command.subjects.selectors import find_standing_opinions
from fanzha.command.web.database import bulk
from fanzha.command.web.scoping import unscoped
from fanzha.share.opinions import Precision, SharedOpinion, form_opinion

_UNSCOPED = unscoped("statements and opinions of the owner of a collection")

#: Objects of STIX alone can be referred to: attributes of MISP and rows of lists have ids of their own.
_REFERABLE = "indicator--"


class OpinionOnSubject(NamedTuple):
    """An opinion on an object of somebody else, and the subject (primary key) of that object."""

    subject_pk: int
    opinion: SharedOpinion


def find_opinions(collection: Collection, subject_pks: AnyOf[int], at: datetime) -> list[OpinionOnSubject]:
    """Return what people of the owner think of standing statements on some subjects, as far as the ceiling admits."""
    pks = list(subject_pks)
    items = _UNSCOPED.rows(FeedItem).filter(
        bulk.column_in("subject_id", pks),
        feed__owner=collection.owner_id,
        withdrawn_at=None,
        object_id__startswith=_REFERABLE,
    )
    stated = list(items.order_by("pk").values_list("subject_id", "object_id", "level", "marking"))
    if not stated:
        return []
    own = find_standing_opinions(_UNSCOPED).filter(bulk.column_in("subject_id", pks), owner=collection.owner_id)
    decided = dict(own.order_by("given_at", "pk").values_list("subject_id", "level"))
    found = []
    for subject_pk, object_id, level, marking in stated:
        if subject_pk in decided and STRICTNESS[marking] >= STRICTNESS[collection.ceiling]:
            own_level = Level(decided[subject_pk])
            opinion = form_opinion(object_id, Level(level), own_level, Precision.UNKNOWN, Marking(marking), to_ms(at))
            found.append(OpinionOnSubject(subject_pk, opinion))
    return found
