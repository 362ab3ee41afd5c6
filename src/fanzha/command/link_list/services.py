"""Bring the public list of links in line with the verdicts of its publisher, and with the operator's own list.

The publisher is the organisation whose verdicts screens serve (`[verdicts] organisation`). A website is listed if its
verdict is "suspected" in every scope: to block if a decision refuses it, else to warn of. Without a person's decision
it is listed only if its evidence may be public (`[link_list] without_decision`).
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from fanzha.base.clock import to_ms
from fanzha.base.errors import Malformed
from fanzha.base.ids import digest
from fanzha.claims.treatment import Treatment
from fanzha.claims.url_expressions import whole_expression
from fanzha.claims.verdict import FOREVER, Level
from fanzha.command.link_list.models import PendingLink
from fanzha.command.organizations.selectors import find_organization
from fanzha.command.subjects.selectors import TreatedSubject, find_subjects, select_treated_subjects
from fanzha.command.web.database import bulk
from fanzha.command.web.scoping import unscoped
from fanzha.kinds.website import is_address, registrable
from fanzha.store.brands import load_brand_table
from fanzha.store.link_list import LinkAction, LinkListStore, ListedLink, link_list_path, open_link_list
from fanzha.store.link_list_settings import LinkListSettings, load_link_list_settings
from fanzha.store.screen_lists import load_urls
from fanzha.store.state_folder import state_folder
from fanzha.store.verdict_settings import load_verdict_settings
from fanzha.store.zone_settings import load_zone_settings

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization

log = logging.getLogger(__name__)
_UNSCOPED = unscoped("the public list has the websites of its publisher")

KIND = "website"
#: Sources of links: verdicts, and `lists/urls.txt` of the operator.
VERDICTS, OWN_LIST = "verdicts", "own list"
#: Websites of one version.
BATCH = 5_000
_SERVICES = ("", "web")


def find_publisher() -> Organization | None:
    """Return the organisation whose verdicts are published, None if the settings name none."""
    return find_organization(load_verdict_settings().policy.organization)


def refresh_link_list(now: datetime) -> None:
    """Bring the list up to date: what changed, what may not be listed, what has ended."""
    settings, publisher = load_link_list_settings(), find_publisher()
    if not settings.enabled or publisher is None:
        if link_list_path().exists():
            with open_link_list() as store:
                _empty(store, now)
        PendingLink.objects.all().delete()
        return
    with open_link_list() as store:
        before = store.last_version()
        store.allow(allowed_names(settings), to_ms(now))
        _refresh_own_list(store, now)
        basis = digest(publisher.ref, str(publisher.simulated), repr(settings.without_decision))
        if store.note("verdicts") != basis:
            _rebuild(store, publisher, settings, now)
            store.write_note("verdicts", basis)
        else:
            _list_pending(store, publisher, settings, now)
        store.expire(to_ms(now))
        if store.last_version() != before:
            _log_size(store)


def _log_size(store: LinkListStore) -> None:
    counts = store.count_links()
    spared = sum(count for (_, is_spared), count in counts.items() if is_spared)
    log.info(
        "the public list has links: %d to block, %d to warn of; %d are spared",
        counts.get((LinkAction.BLOCK, False), 0),
        counts.get((LinkAction.WARN, False), 0),
        spared,
    )


def allowed_names(settings: LinkListSettings) -> frozenset[str]:
    """Return the hosts that are never listed: those of protected brands and of the settings of list and zone."""
    zone = load_zone_settings()
    names = settings.allowed_names + (zone.allowed_names if zone else ())
    stamps = tuple(_stamp(state_folder() / name) for name in ("brands.tsv", "brands.toml"))
    return _brand_names(state_folder(), stamps) | frozenset(names)


@lru_cache(maxsize=1)
def _brand_names(folder: Path, stamps: tuple[int, ...]) -> frozenset[str]:
    """Return the hosts of brands without suffixes of hosting services: sites below these are their tenants'."""
    names = {name for brand in load_brand_table(folder).brands for name in brand.domains}
    return frozenset(name for name in names if registrable(name))


def _stamp(path: Path) -> int:
    return path.stat().st_mtime_ns if path.is_file() else 0


def _empty(store: LinkListStore, now: datetime) -> None:
    """Withdraw all links, because there is no publisher any more."""
    for source in (VERDICTS, OWN_LIST):
        if store.note(source):
            store.replace(source, (), to_ms(now))
            store.write_note(source, "")


def _refresh_own_list(store: LinkListStore, now: datetime) -> None:
    """List the links of `lists/urls.txt`, to warn of, if the file changed."""
    urls = load_urls()
    basis = digest(*urls) if urls else ""
    if store.note(OWN_LIST) != basis:
        links = [ListedLink(url, LinkAction.WARN, "", FOREVER) for url in urls]
        store.replace(OWN_LIST, links, to_ms(now))
        store.write_note(OWN_LIST, basis)


def _rebuild(store: LinkListStore, publisher: Organization, settings: LinkListSettings, now: datetime) -> None:
    """List the verdicts on all websites."""
    pending = list(PendingLink.objects.values_list("pk", flat=True))  # later commits stay, also with lower keys
    rows = select_treated_subjects(publisher.pk, KIND)
    store.replace(VERDICTS, _links(rows, publisher, settings), to_ms(now))
    PendingLink.objects.filter(bulk.column_in("id", pending)).delete()


def _list_pending(store: LinkListStore, publisher: Organization, settings: LinkListSettings, now: datetime) -> None:
    while rows := list(PendingLink.objects.order_by("pk").values_list("pk", "subject_id")[:BATCH]):
        subject_pks = {subject_pk for _, subject_pk in rows}
        values = find_subjects(_UNSCOPED).filter(pk__in=subject_pks).values_list("value", flat=True)
        changes: dict[str, ListedLink | None] = dict.fromkeys(filter(None, map(_expression, values)))
        found = select_treated_subjects(publisher.pk, KIND, subject_pks)
        changes |= {link.expression: link for link in _links(found, publisher, settings)}
        store.update(VERDICTS, changes, to_ms(now))
        PendingLink.objects.filter(pk__in=[pk for pk, _ in rows]).delete()


def _links(
    verdicts: Iterable[TreatedSubject], publisher: Organization, settings: LinkListSettings
) -> Collection[ListedLink]:
    """Return the links of verdicts; of several scopes the strictest."""
    links: dict[str, ListedLink] = {}
    for link in _each_link(verdicts, publisher, settings):
        known = links.get(link.expression)
        if known is None or _strictness(link) > _strictness(known):
            links[link.expression] = link
    return links.values()


def _strictness(link: ListedLink) -> tuple[bool, int]:
    return link.action is LinkAction.BLOCK, link.until


def _each_link(
    verdicts: Iterable[TreatedSubject], publisher: Organization, settings: LinkListSettings
) -> Iterator[ListedLink]:
    public = set(settings.without_decision)
    for verdict in verdicts:
        action = _action(verdict)
        may = (verdict.has_decision or verdict.marking in public) and (publisher.simulated or not verdict.simulated)
        if action is None or not may or not (expression := _expression(verdict.subject)):
            continue
        until = FOREVER if verdict.until is None else to_ms(verdict.until)
        yield ListedLink(expression, action, verdict.fraud_type, until)


def _action(verdict: TreatedSubject) -> LinkAction | None:
    scope = verdict.scope
    if verdict.level != Level.SUSPECTED or scope.direction or scope.ingress or scope.service not in _SERVICES:
        return None
    if verdict.treatment == Treatment.REFUSE:
        return LinkAction.BLOCK
    return None if verdict.treatment == Treatment.ALLOW else LinkAction.WARN


def _expression(host: str) -> str:
    """Return the expression of a host with all below it.

    "" for an address, behind which other sites may stand, and for a name below which many registrants have names.
    """
    try:
        return "" if is_address(host) or not registrable(host) else whole_expression(host)
    except Malformed:
        return ""
