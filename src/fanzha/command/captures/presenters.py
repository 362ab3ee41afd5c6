"""Prepare looks at pages for lists and for their page."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from fanzha.command.captures.look_words import asks_title
from fanzha.command.captures.models import Capture
from fanzha.command.captures.selectors import SharedAsset
from fanzha.command.web.components import Badge, FactItem, ListRow, Tone
from fanzha.store.look_record import LookRecord, PageDifference, PersonaVisit


class PersonaCard(NamedTuple):
    """What one visitor got, with its screenshot as a data URL ("" unless it was disclosed)."""

    title: str
    facts: list[FactItem]
    screenshot: str
    alternative: str


class DifferenceRow(NamedTuple):
    """A difference between two visitors in words."""

    who: str
    what: str
    detail: str
    cloaks: bool


class RequestRow(NamedTuple):
    """A request of the page."""

    status: str
    type: str
    url: str
    size: int


def state_title(state: str) -> str:
    """Return a state of a look in words."""
    return {"waiting": _("Waiting"), "seen": _("Seen"), "failed": _("Nothing seen")}.get(state, state)


def source_title(source: str) -> str:
    """Return in words who asked for a look."""
    titles = {
        "desk": _("Asked for at the desk"),
        "report": _("A public report"),
        "watch": _("Watch of names"),
        "probe": _("Probe of a measure"),
        "measure": _("A measure or an appeal"),
    }
    return titles.get(source, source)


def persona_title(persona: str) -> str:
    """Return the name of a visitor."""
    titles = {
        "desktop": _("Computer"),
        "phone": _("Telephone, from a link in a text"),
        "phone_search": _("Telephone, from a search engine"),
        "plain": _("Program without a browser"),
    }
    return titles.get(persona, persona)


def present_capture(capture: Capture) -> ListRow:
    """Present a look as a list row."""
    badges = [Badge(state_title(capture.state), "", Tone.WARN if capture.state == "failed" else Tone.QUIET)]
    if capture.is_cloaked:
        badges.append(Badge(_("Hides from some visitors"), "", Tone.HARM))
    if capture.asks:
        badges.append(Badge(_("Asks for: ") + _(", ").join(map(asks_title, capture.asks)), "", Tone.WARN))
    if capture.brand:
        badges.append(Badge(_("Like %(brand)s") % {"brand": capture.brand}, "", Tone.HARM))
    if capture.process:
        badges.append(Badge(_("Handed on")))
    return ListRow(
        title=capture.host,
        href=reverse("capture", args=[capture.ref]),
        summary=capture.title or capture.problem or source_title(capture.source),
        aside="" if capture.score is None else f"{capture.score:.2f}",
        at=capture.looked_at or capture.asked_at,
        badges=tuple(badges),
    )


def capture_facts(capture: Capture, record: LookRecord | None) -> list[FactItem]:
    """Return the facts of a look."""
    return [
        FactItem(_("State"), state_title(capture.state)),
        FactItem(_("Why nothing was seen"), capture.problem),
        FactItem(_("Address"), capture.url),
        FactItem(_("Led to"), capture.final_url if capture.final_url != capture.url else ""),
        FactItem(_("Reason"), source_title(capture.source)),
        FactItem(_("Asked at"), capture.asked_at),
        FactItem(_("Looked at"), capture.looked_at),
        FactItem(_("Title"), capture.title),
        FactItem(_("Asks for"), _(", ").join(map(asks_title, capture.asks))),
        FactItem(_("Looks like"), capture.brand),
        FactItem(_("Score"), "" if capture.score is None else f"{capture.score:.2f}"),
        FactItem(_("SHA-256 of the manifest"), capture.manifest),
        FactItem(_("Evidence time-stamped at"), capture.stamped_at),
        FactItem(_("Isolation"), record.isolation if record else ""),
        FactItem(_("CPU time"), f"{record.cpu_seconds:.1f} s" if record else ""),
    ]


def present_personas(capture: Capture, record: LookRecord, pictures: Mapping[str, bytes]) -> list[PersonaCard]:
    """Return what each visitor got, with the pictures that were disclosed to the viewer."""
    return [_present_persona(capture, visit, pictures.get(visit.persona, b"")) for visit in record.visits]


def _present_persona(capture: Capture, visit: PersonaVisit, picture: bytes) -> PersonaCard:
    certificate = visit.certificate
    title = persona_title(visit.persona)
    facts = [
        FactItem(_("Status"), str(visit.status) if visit.status else ""),
        FactItem(_("Led to"), visit.final_url),
        FactItem(_("Title"), visit.title),
        FactItem(_("Asks for"), _(", ").join(map(asks_title, visit.asks))),
        FactItem(_("Redirects"), [f"{hop.status or '–'} {hop.location}" for hop in visit.redirects]),
        FactItem(_("Files handed out"), [f"{each.name} ({each.sha256[:16]})" for each in visit.downloads]),
        FactItem(_("Certificate"), certificate.issuer if certificate else ""),
        FactItem(_("Ended early by"), visit.ended_by),
    ]
    source = f"data:image/png;base64,{b64encode(picture).decode()}" if picture else ""
    alternative = _("Screenshot of %(host)s as seen by: %(who)s") % {"host": capture.host, "who": title}
    return PersonaCard(title, [fact for fact in facts if fact.value], source, alternative)


def present_differences(record: LookRecord) -> list[DifferenceRow]:
    """Return the differences between visitors in words."""
    return [_present_difference(difference) for difference in record.differences]


def _present_difference(difference: PageDifference) -> DifferenceRow:
    titles = {
        "asks": _("Other secrets are asked for"),
        "site": _("Led to another site"),
        "status": _("An error for one of them"),
        "text": _("Another text"),
        "download": _("A file for one of them"),
    }
    who = f"{persona_title(difference.first)} / {persona_title(difference.second)}"
    return DifferenceRow(who, titles.get(difference.kind, difference.kind), difference.detail, difference.cloaks)


def list_packages(record: LookRecord) -> list[tuple[str, str]]:
    """Return name and SHA-256 of the packages that the page handed out, each once."""
    downloads = (download for visit in record.visits for download in visit.downloads if download.sha256)
    return list({each.sha256: (each.name, each.sha256) for each in downloads if _is_package(each.name)}.values())


def _is_package(name: str) -> bool:
    return name.lower().endswith((".apk", ".xapk", ".apks", ".apkm"))


def present_requests(record: LookRecord, most: int = 100) -> list[RequestRow]:
    """Return the requests of the visit that got most."""
    visit = record.telling_visit
    requests = visit.requests[:most] if visit else ()
    return [
        RequestRow(str(each.status or each.problem or "–"), each.type, each.url[:300], each.size) for each in requests
    ]


def present_shared(assets: list[SharedAsset]) -> list[ListRow]:
    """Return other looks with the same parts as list rows."""
    titles = {
        "script": _("Same script"),
        "icon": _("Same icon"),
        "target": _("Forms send to the same host"),
        "tracker": _("Same id of an analytics service"),
        "certificate": _("Same certificate"),
        "address": _("Same address"),
    }
    return [
        ListRow(
            title=asset.capture.host,
            href=reverse("capture", args=[asset.capture.ref]),
            summary=f"{titles.get(asset.kind, asset.kind)}: {asset.value[:64]}",
            at=asset.capture.looked_at,
        )
        for asset in assets
    ]
