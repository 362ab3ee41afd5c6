"""Find mentions in a comment: `@` and the name of a colleague, or of a participating organisation if it is shared.

People of other organisations are neither suggested nor found.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from fanzha.command.organizations.selectors import active_organizations, all_people, current_memberships
from fanzha.command.web.palette.matcher import fold, prepare, rank_term

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from fanzha.command.collaboration.topics import Topic
    from fanzha.command.organizations.models import Organization, Person
    from fanzha.command.web.viewer import Viewer

MAX_SUGGESTIONS = 8
_SIGNS = ("@", "＠")  # the second one is typed by Chinese keyboards


class Mentions(NamedTuple):
    """The people and organisations that a text mentions."""

    people: list[Person]
    organizations: list[Organization]


class Suggestion(NamedTuple):
    """One name that can be mentioned."""

    name: str
    icon: str


def find_mentions(text: str, topic: Topic, viewer: Viewer, *, share: bool) -> Mentions:
    """Return the people and organisations that a text mentions, except its author. The longest matching name wins."""
    if not any(sign in text for sign in _SIGNS):
        return Mentions([], [])
    people = {person.ref: person for person in _colleagues(viewer)}
    organizations = {row.ref: row for row in _participants(topic, viewer)} if share else {}
    names = [(person.name, ref) for ref, person in people.items()]
    names += [(name, ref) for ref, row in organizations.items() for name in (row.name_zh, row.name_en)]
    found = set(_mentioned_refs(fold(text), names))
    return Mentions(
        [person for ref, person in people.items() if ref in found],
        [row for ref, row in organizations.items() if ref in found],
    )


def suggest_mentions(typed: str, topic: Topic, viewer: Viewer) -> list[Suggestion]:
    """Return the names that match what was typed after `@`, colleagues first."""
    names = [Suggestion(person.name, "account") for person in _colleagues(viewer) if person.name]
    names += [Suggestion(str(row), "organization") for row in _participants(topic, viewer)]
    term = fold(typed.strip())
    if not term:
        return names[:MAX_SUGGESTIONS]
    ranked = ((rank_term(term, prepare(one.name)), number, one) for number, one in enumerate(names))
    return [one for _rank, _number, one in sorted((r, n, o) for r, n, o in ranked if r is not None)][:MAX_SUGGESTIONS]


def _colleagues(viewer: Viewer) -> QuerySet[Person]:
    members = current_memberships().filter(organization=viewer.organization)
    return all_people().filter(pk__in=members.values("person")).exclude(pk=viewer.person or 0).order_by("name", "pk")


def _participants(topic: Topic, viewer: Viewer) -> QuerySet[Organization]:
    keys = set(topic.kind.participants(topic.row)) - {viewer.organization}
    return active_organizations().filter(pk__in=keys).order_by("pk")


def _mentioned_refs(text: str, names: list[tuple[str, str]]) -> Iterator[str]:
    """Yield the refs of the names that follow a sign; all of those that share the longest name."""
    folded = [(fold(name), ref) for name, ref in names if name]
    for place, character in enumerate(text):
        if character != "@":
            continue
        fitting = [(name, ref) for name, ref in folded if text.startswith(name, place + 1)]
        longest = max((len(name) for name, _ref in fitting), default=0)
        yield from (ref for name, ref in fitting if len(name) == longest)
