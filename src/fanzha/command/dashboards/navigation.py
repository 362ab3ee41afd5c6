"""The navigation of every page, by role."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fanzha.command.web.roles import SUPERVISORS, Kind, Role
from fanzha.command.web.viewer import Viewer

_WATCHERS = (Role.ANALYST, Role.REVIEWER, Role.DUTY_OFFICER, Role.LIAISON, Role.INSPECTOR)


@dataclass(frozen=True)
class Place:
    """One place: the name of its address, its words, its sign, and whose it is (nobody named: everybody's)."""

    name: str
    title: "str | Promise"
    icon: str
    roles: tuple[Role, ...] = ()
    kinds: tuple[Kind, ...] = ()

    def is_for(self, viewer: Viewer) -> bool:
        """Return whether a viewer sees it."""
        return (not self.roles or viewer.has(*self.roles)) and (not self.kinds or viewer.kind in self.kinds)


class Group(NamedTuple):
    """Places under one heading."""

    title: "str | Promise"
    places: tuple[Place, ...]


GROUPS = (
    Group(
        "",
        (
            Place("home", _("Home"), "home"),
            Place("campaign_queue", _("Queue"), "campaign", _WATCHERS),
            Place("orders", _("Orders"), "send"),
            Place("processes", _("Processes"), "list"),
            Place("inbox", _("Messages"), "bell"),
            Place("subject_notices", _("Notices to deliver"), "letter", (Role.EXECUTOR, Role.CLERK, Role.DUTY_OFFICER)),
        ),
    ),
    Group(
        _("Look up"),
        (
            Place("subjects", _("Subjects"), "search", _WATCHERS),
            Place("paste_numbers", _("Paste numbers"), "copy", (Role.LIAISON,), (Kind.POLICE,)),
            Place("exports", _("Exports"), "download", (*_WATCHERS, Role.PRIVACY_OFFICER)),
        ),
    ),
    Group(
        _("Oversight"),
        (
            Place("province", _("Province"), "map", (), SUPERVISORS),
            Place("wall", _("Wall"), "organization", (), SUPERVISORS),
            Place("evidence", _("Evidence log"), "shield", (Role.PRIVACY_OFFICER, Role.REVIEWER, Role.ADMINISTRATOR)),
            Place("unmaskings", _("Who looked at whom"), "eye", (Role.PRIVACY_OFFICER,)),
        ),
    ),
    Group(
        _("Organisation"),
        (
            Place("imports", _("Imports"), "download", (Role.ADMINISTRATOR, Role.CLERK, Role.REVIEWER)),
            Place("people", _("People"), "users", (Role.ADMINISTRATOR,)),
            Place("organizations", _("Organisations"), "organization", (Role.ADMINISTRATOR,), SUPERVISORS),
            Place("duties", _("Duty officers"), "clock", (Role.ADMINISTRATOR, Role.DUTY_OFFICER)),
            Place("api_keys", _("Keys"), "key", (Role.ADMINISTRATOR,)),
            Place("webhooks", _("Webhooks"), "send", (Role.ADMINISTRATOR,)),
        ),
    ),
)


class Shown(NamedTuple):
    """One place as a page shows it."""

    title: "str | Promise"
    url: str
    icon: str
    is_here: bool


def places_of(viewer: Viewer, path: str) -> Iterator[tuple["str | Promise", list[Shown]]]:
    """Yield the headings with the places that a viewer has; the one that holds `path` is marked."""
    visible_groups = [(group.title, [page for page in group.places if page.is_for(viewer)]) for group in GROUPS]
    urls = {page: url for _title, pages in visible_groups for page in pages if (url := address_of(page.name))}
    current_url = max(
        (url for url in urls.values() if path.startswith(url) and (url != "/" or path == "/")), key=len, default=""
    )
    for title, pages in visible_groups:
        entries = [
            Shown(page.title, urls[page], page.icon, urls[page] == current_url) for page in pages if page in urls
        ]
        if entries:
            yield title, entries


@cache
def address_of(name: str) -> str:
    """Return the address of a place; "" where its app is not installed."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
