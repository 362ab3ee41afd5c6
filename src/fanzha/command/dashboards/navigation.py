"""The navigation of every page, by role."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fanzha.command.web.roles import DECIDERS, SUPERVISORS, Kind, Role
from fanzha.command.web.viewer import Viewer

_WATCHERS = (Role.ANALYST, Role.REVIEWER, Role.DUTY_OFFICER, Role.LIAISON, Role.INSPECTOR)


@dataclass(frozen=True)
class NavigationItem:
    """A navigation entry: URL name, title, icon, and the roles and kinds that see it (empty: all)."""

    name: str
    title: "str | Promise"
    icon: str
    roles: tuple[Role, ...] = ()
    kinds: tuple[Kind, ...] = ()

    def is_for(self, viewer: Viewer) -> bool:
        """Return whether the viewer sees this entry."""
        return (not self.roles or viewer.has(*self.roles)) and (not self.kinds or viewer.kind in self.kinds)


class NavigationGroup(NamedTuple):
    """Entries under one heading."""

    title: "str | Promise"
    items: tuple[NavigationItem, ...]


GROUPS = (
    NavigationGroup(
        "",
        (
            NavigationItem("home", _("Home"), "home"),
            NavigationItem("campaign_queue", _("Queue"), "campaign", _WATCHERS),
            NavigationItem(
                "victims",
                _("People to reach"),
                "bell",
                (Role.ANALYST, Role.DUTY_OFFICER, Role.LIAISON, Role.EXECUTOR, Role.CLERK),
                (Kind.CARRIER, Kind.MVNO, Kind.CENTRE, Kind.POLICE, Kind.BANK, Kind.PLATFORM),
            ),
            NavigationItem("orders", _("Orders"), "send"),
            NavigationItem("processes", _("Processes"), "list"),
            NavigationItem(
                "reports",
                _("Public reports"),
                "letter",
                (Role.CLERK, Role.ANALYST, Role.REVIEWER, Role.DUTY_OFFICER, Role.INSPECTOR),
                (Kind.REGULATOR, Kind.CENTRE, Kind.POLICE, Kind.CARRIER, Kind.MVNO, Kind.ISP, Kind.PLATFORM),
            ),
            NavigationItem(
                "site_candidates",
                _("New sites"),
                "search",
                (Role.ANALYST, Role.REVIEWER, Role.DUTY_OFFICER),
                (Kind.CENTRE, Kind.REGULATOR, Kind.CARRIER, Kind.MVNO, Kind.ISP, Kind.PLATFORM),
            ),
            NavigationItem(
                "captures",
                _("Looks at pages"),
                "search",
                (Role.ANALYST, Role.REVIEWER, Role.DUTY_OFFICER, Role.INSPECTOR),
                (Kind.REGULATOR, Kind.CENTRE, Kind.POLICE, Kind.CARRIER, Kind.MVNO, Kind.ISP, Kind.PLATFORM),
            ),
            NavigationItem(
                "app_samples",
                _("App samples"),
                "list",
                (Role.ANALYST, Role.REVIEWER, Role.DUTY_OFFICER, Role.INSPECTOR),
                (Kind.REGULATOR, Kind.CENTRE, Kind.POLICE, Kind.CARRIER, Kind.MVNO, Kind.ISP, Kind.PLATFORM),
            ),
            NavigationItem(
                "tracebacks",
                _("Tracebacks"),
                "link",
                (Role.ANALYST, Role.EXECUTOR, Role.LIAISON, Role.REVIEWER, Role.DUTY_OFFICER, Role.INSPECTOR),
                (Kind.CARRIER, Kind.MVNO),
            ),
            NavigationItem(
                "appeals", _("Appeals"), "check", (Role.CLERK, Role.REVIEWER, Role.DUTY_OFFICER, Role.INSPECTOR)
            ),
            NavigationItem(
                "education_items",
                _("Education"),
                "letter",
                (Role.EDITOR, Role.REVIEWER, Role.DUTY_OFFICER, Role.INSPECTOR),
                (Kind.REGULATOR, Kind.CENTRE, Kind.CARRIER, Kind.MVNO, Kind.ISP, Kind.PLATFORM),
            ),
            NavigationItem("board", _("Board"), "users"),
            NavigationItem("handover", _("Hand over the shift"), "arrow"),
            NavigationItem("inbox", _("Messages"), "bell"),
            NavigationItem(
                "subject_notices", _("Notices to deliver"), "letter", (Role.EXECUTOR, Role.CLERK, Role.DUTY_OFFICER)
            ),
        ),
    ),
    NavigationGroup(
        _("Look up"),
        (
            NavigationItem("subjects", _("Subjects"), "search", _WATCHERS),
            NavigationItem("graph", _("Graph"), "link", _WATCHERS),
            NavigationItem("paste_numbers", _("Paste numbers"), "copy", (Role.LIAISON,), (Kind.POLICE,)),
            NavigationItem("exports", _("Exports"), "download", (*_WATCHERS, Role.PRIVACY_OFFICER)),
        ),
    ),
    NavigationGroup(
        _("Oversight"),
        (
            NavigationItem("province", _("Fraud overview"), "map", (), SUPERVISORS),
            NavigationItem(
                "bulletins",
                _("Monthly bulletins"),
                "letter",
                (Role.ANALYST, Role.EXECUTOR, Role.REVIEWER, Role.DUTY_OFFICER, Role.INSPECTOR),
                (*SUPERVISORS, Kind.CARRIER, Kind.MVNO, Kind.ISP, Kind.PLATFORM, Kind.AGGREGATOR, Kind.BANK),
            ),
            NavigationItem("wall", _("Wall"), "organization", (), SUPERVISORS),
            NavigationItem(
                "statistics",
                _("Figures and forms"),
                "list",
                (*_WATCHERS, Role.CLERK, Role.CERTIFYING_OFFICER, Role.PRIVACY_OFFICER),
            ),
            NavigationItem(
                "component_health",
                _("Silent sources"),
                "bell",
                (Role.ADMINISTRATOR, Role.DUTY_OFFICER, Role.REVIEWER, Role.ANALYST, Role.INSPECTOR),
            ),
            NavigationItem(
                "evidence", _("Evidence log"), "shield", (Role.PRIVACY_OFFICER, Role.REVIEWER, Role.ADMINISTRATOR)
            ),
            NavigationItem("unmaskings", _("Unmasking record"), "eye", (Role.PRIVACY_OFFICER,)),
            NavigationItem("retention", _("Retention"), "clock", (Role.PRIVACY_OFFICER, Role.ADMINISTRATOR)),
        ),
    ),
    NavigationGroup(
        _("Organisation"),
        (
            NavigationItem(
                "detection_rules",
                _("Detection rules"),
                "list",
                (Role.ANALYST, Role.REVIEWER, Role.DUTY_OFFICER, Role.ADMINISTRATOR),
            ),
            NavigationItem("review_samples", _("Sample reviews"), "check", DECIDERS),
            NavigationItem("imports", _("Imports"), "download", (Role.ADMINISTRATOR, Role.CLERK, Role.REVIEWER)),
            NavigationItem("people", _("People"), "users", (Role.ADMINISTRATOR,)),
            NavigationItem("organizations", _("Organisations"), "organization", (Role.ADMINISTRATOR,), SUPERVISORS),
            NavigationItem("duties", _("Duty officers"), "clock", (Role.ADMINISTRATOR, Role.DUTY_OFFICER)),
            NavigationItem("api_keys", _("Keys"), "key", (Role.ADMINISTRATOR,)),
            NavigationItem("webhooks", _("Webhooks"), "send", (Role.ADMINISTRATOR,)),
            NavigationItem(
                "exchange_collections",
                _("Intelligence exchange"),
                "send",
                (Role.LIAISON, Role.ADMINISTRATOR, Role.DUTY_OFFICER, Role.REVIEWER, Role.PRIVACY_OFFICER),
            ),
            NavigationItem(
                "foreign_approvals",
                _("Sharing with other countries"),
                "globe",
                (Role.LIAISON, Role.ADMINISTRATOR, Role.DUTY_OFFICER, Role.REVIEWER, Role.PRIVACY_OFFICER),
            ),
            NavigationItem(
                "research",
                _("Research"),
                "list",
                (Role.ANALYST, Role.LIAISON, Role.REVIEWER, Role.PRIVACY_OFFICER, Role.ADMINISTRATOR),
            ),
            NavigationItem(
                "hosted_sites",
                _("Hosted sites"),
                "list",
                (Role.ANALYST, Role.EXECUTOR, Role.REVIEWER, Role.CLERK, Role.INSPECTOR),
                (Kind.ISP, Kind.CARRIER, Kind.REGULATOR, Kind.CENTRE),
            ),
            NavigationItem(
                "traceback_links",
                _("Operators for tracebacks"),
                "link",
                (Role.ADMINISTRATOR,),
                (Kind.CARRIER, Kind.MVNO),
            ),
            NavigationItem(
                "overseas_choices",
                _("Calls from abroad"),
                "shield",
                (Role.CLERK, Role.EXECUTOR, Role.DUTY_OFFICER),
                (Kind.CARRIER, Kind.MVNO),
            ),
            NavigationItem(
                "wordings",
                _("Wordings of warnings"),
                "letter",
                (Role.ANALYST, Role.LIAISON, Role.DUTY_OFFICER, Role.REVIEWER, Role.EXECUTOR, Role.CLERK),
                (Kind.CARRIER, Kind.MVNO, Kind.CENTRE, Kind.POLICE, Kind.BANK, Kind.PLATFORM),
            ),
            NavigationItem(
                "exposures",
                _("Exposures"),
                "bell",
                (
                    Role.ANALYST,
                    Role.DUTY_OFFICER,
                    Role.CLERK,
                    Role.REVIEWER,
                    Role.PRIVACY_OFFICER,
                    Role.LIAISON,
                ),
                (
                    Kind.CARRIER,
                    Kind.MVNO,
                    Kind.ISP,
                    Kind.AGGREGATOR,
                    Kind.PLATFORM,
                    Kind.CENTRE,
                    Kind.POLICE,
                ),
            ),
            NavigationItem(
                "tag_disputes",
                _("Disputed tags"),
                "alert",
                (Role.CLERK, Role.REVIEWER),
                (Kind.CARRIER, Kind.MVNO, Kind.CENTRE, Kind.REGULATOR),
            ),
            NavigationItem(
                "picture_assessments",
                _("Text of pictures"),
                "shield",
                (Role.PRIVACY_OFFICER, Role.LIAISON),
                (Kind.REGULATOR, Kind.CENTRE, Kind.POLICE, Kind.CARRIER, Kind.MVNO, Kind.ISP, Kind.PLATFORM),
            ),
            NavigationItem(
                "signal_bases",
                _("Answers to banks"),
                "shield",
                (Role.PRIVACY_OFFICER, Role.LIAISON),
                (Kind.CARRIER, Kind.MVNO, Kind.CENTRE, Kind.POLICE, Kind.BANK),
            ),
        ),
    ),
)


class NavigationLink(NamedTuple):
    """A resolved entry of a page; `is_here` marks the current one."""

    title: "str | Promise"
    url: str
    icon: str
    is_here: bool


def navigation_links(viewer: Viewer, path: str) -> Iterator[tuple["str | Promise", list[NavigationLink]]]:
    """Yield the headings with the links that a viewer sees; the link that contains `path` is marked."""
    visible_groups = [(group.title, [page for page in group.items if page.is_for(viewer)]) for group in GROUPS]
    urls = {page: url for _title, pages in visible_groups for page in pages if (url := resolve_url(page.name))}
    current_url = max(
        (url for url in urls.values() if path.startswith(url) and (url != "/" or path == "/")), key=len, default=""
    )
    for title, pages in visible_groups:
        entries = [
            NavigationLink(page.title, urls[page], page.icon, urls[page] == current_url)
            for page in pages
            if page in urls
        ]
        if entries:
            yield title, entries


@cache
def resolve_url(name: str) -> str:
    """Return the URL of a name; "" if its app is not installed."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
