"""The board: a column of cards for each person and one for unassigned work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from fanzha.command.shifts.selectors import WorkItem, colleagues, deciders, open_items, people_by_key
from fanzha.command.web.viewer import Viewer

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Person

#: Cards that a column shows; the others are counted.
CARDS_SHOWN = 30


@dataclass(frozen=True)
class BoardColumn:
    """One column. `person` is the ref of the person, "" for unassigned work.

    `takes_campaigns`: the person has a role that decides on campaigns.
    """

    person: str
    name: str
    is_own: bool
    takes_campaigns: bool
    cards: Sequence[WorkItem]
    more: int
    late: int


def build_board(viewer: Viewer, now: datetime) -> list[BoardColumn]:
    """Return the columns: unassigned work first, then the viewer's own, then colleagues by name, empty ones last."""
    cards: dict[int | None, list[WorkItem]] = {}
    for item in open_items(viewer, now):
        cards.setdefault(item.person, []).append(item)
    people = {person.pk: person for person in colleagues(viewer)}
    holders = people_by_key(key for key in cards if key is not None and key not in people)
    ordered = sorted(
        (*people.values(), *holders.values()),
        key=lambda one: (one.pk != viewer.person, one.pk not in cards, one.name, one.pk),
    )
    decider_keys = frozenset(deciders(viewer).values_list("pk", flat=True))
    return [
        _column(None, cards.get(None, []), viewer, takes_campaigns=True),
        *(
            _column(person, cards.get(person.pk, []), viewer, takes_campaigns=person.pk in decider_keys)
            for person in ordered
        ),
    ]


def _column(person: Person | None, cards: Sequence[WorkItem], viewer: Viewer, *, takes_campaigns: bool) -> BoardColumn:
    urgent = sorted(
        cards, key=lambda card: (not card.is_late, card.due is None, card.due.timestamp() if card.due else 0)
    )
    return BoardColumn(
        person=person.ref if person else "",
        name=str(person) if person else _("Nobody yet"),
        is_own=person is not None and person.pk == viewer.person,
        takes_campaigns=takes_campaigns,
        cards=urgent[:CARDS_SHOWN],
        more=max(0, len(urgent) - CARDS_SHOWN),
        late=sum(card.is_late for card in urgent),
    )
