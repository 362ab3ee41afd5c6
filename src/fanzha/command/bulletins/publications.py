"""Put a bulletin together: headings, text with its figures, the table, the replies of companies; and its digest."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Max

from fanzha.base.masking import mask_numbers
from fanzha.base.words import Words
from fanzha.command.bulletins.comparison import Places, difference_interval, rank_places, share_of
from fanzha.command.bulletins.measures import LEAST_CASES, MEASURES, Count
from fanzha.command.bulletins.models import Bulletin, BulletinFigure, BulletinText
from fanzha.command.bulletins.text_template import LANGUAGES, fill_body, text_sections
from fanzha.command.bulletins.wordings import (
    write_basis,
    write_changes,
    write_day,
    write_month,
    write_places,
    write_share,
    write_types,
)
from fanzha.command.organizations.selectors import all_organizations
from fanzha.command.processes.selectors import find_legs, find_steps
from fanzha.command.web.scoping import unscoped

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization

_UNSCOPED = unscoped("a bulletin is put together from the figures and replies of all companies")
_REPLIES = ("reply", "reply_late")


class CountPair(NamedTuple):
    """A measure of this month and of the month before."""

    now: Count
    before: Count


#: The measures of one company, or of all together, by name.
CompanyCounts = dict[str, CountPair]


@dataclass(frozen=True)
class CompanyReply:
    """What a company said of the draft; `state` is replied, late, silent or asked."""

    state: str
    opinion: str = ""
    text: str = ""
    counter_figures: tuple[str, ...] = ()


@dataclass(frozen=True)
class BulletinFacts:
    """Everything that a bulletin states: counts by company (primary key; None for all together), names, replies."""

    bulletin: Bulletin
    counts: Mapping[int | None, CompanyCounts]
    companies: Mapping[int, Organization]
    received: Mapping[int | None, int]
    replies: Mapping[int, CompanyReply]

    @property
    def places(self) -> dict[str, dict[str, Places]]:
        """Return the places by measure and company (ref)."""
        return {
            name: rank_places(
                {
                    company.ref: self.counts[key][name].now
                    for key, company in self.companies.items()
                    if key in self.counts
                },
                measure.direction,
            )
            for name, measure in MEASURES.items()
        }


def load_bulletin_facts(bulletin: Bulletin) -> BulletinFacts:
    """Return everything that a bulletin states, read in a fixed number of queries."""
    counts: defaultdict[int | None, CompanyCounts] = defaultdict(dict)
    for figure in _UNSCOPED.rows(BulletinFigure).filter(bulletin=bulletin):
        pair = CountPair(Count(figure.part, figure.whole), Count(figure.before_part, figure.before_whole))
        counts[figure.organization_id][figure.measure] = pair
    keys = [key for key in counts if key is not None]
    companies = all_organizations().in_bulk(keys)
    received: dict[int | None, int] = {key: pairs["handled"].now.whole for key, pairs in counts.items()}
    return BulletinFacts(bulletin, counts, companies, received, _load_replies(bulletin))


def _load_replies(bulletin: Bulletin) -> dict[int, CompanyReply]:
    legs = list(find_legs(_UNSCOPED).filter(instance__ref=bulletin.ref).values_list("name", "receiver", "state"))
    steps = find_steps(_UNSCOPED).filter(instance__ref=bulletin.ref, event__in=_REPLIES).order_by("number")
    given = {step.leg: step for step in steps}
    replies = {}
    for name, receiver, state in legs:
        step = given.get(name)
        if step is None:
            replies[receiver] = CompanyReply("asked" if state == "asked" else "silent")
            continue
        figures = tuple(mask_numbers(str(line)) for line in step.evidence.get("counter_figures") or ())
        replies[receiver] = CompanyReply(
            "late" if step.event == "reply_late" else "replied",
            str(step.evidence.get("opinion", "")),
            mask_numbers(str(step.evidence.get("reply", ""))),
            figures,
        )
    return replies


def current_bodies(bulletin: Bulletin) -> dict[tuple[str, str], str]:
    """Return the body that counts of each section and language."""
    rows = _UNSCOPED.rows(BulletinText).filter(bulletin=bulletin)
    last = rows.order_by().values("section", "language").annotate(last=Max("pk")).values("last")
    return {(row.section, row.language): row.body for row in rows.filter(pk__in=last)}


def slot_values(facts: BulletinFacts, company: int | None, language: str) -> dict[str, str]:
    """Return the value of every slot for all together (None) or for one company."""
    bulletin, pairs = facts.bulletin, facts.counts.get(company, {})
    words: dict[str, Words] = {name: write_share(pair.now) for name, pair in pairs.items()}
    words |= {
        "owner": _name(bulletin.owner),
        "month": write_month(bulletin.month),
        "as_of": write_day(bulletin.as_of, bulletin.owner.zone),
        "basis": write_basis(),
        "least": _number(LEAST_CASES),
        "received": _number(facts.received.get(company, 0)),
        "changes": write_changes(pairs),
    }
    if company is None:
        names = {row.ref: _name(row) for row in facts.companies.values()}
        words |= {
            "companies": _number(len(facts.companies)),
            "types": write_types(bulletin.fraud_types),
            "places": write_places(facts.places, names),
        }
    else:
        words["company"] = _name(facts.companies[company])
    return {name: text.zh if language == "zh" else text.en for name, text in words.items()}


def _name(organization: Organization) -> Words:
    return Words(organization.name_zh, organization.name_en)


def _number(value: int) -> Words:
    return Words(f"{value:,}", f"{value:,}")


def company_paragraph(facts: BulletinFacts, company: int, language: str, bodies: Mapping[tuple[str, str], str]) -> str:
    """Return what a bulletin says of one company."""
    return fill_body(bodies["company", language], slot_values(facts, company, language))


def build_publication(facts: BulletinFacts) -> dict[str, Any]:
    """Return what is published: text in both languages, figures, and the replies of companies, as JSON values.

    It depends on what is on record alone, so that its digest can be computed again.
    """
    bodies = current_bodies(facts.bulletin)
    return {
        "ref": facts.bulletin.ref,
        "month": f"{facts.bulletin.month:%Y-%m}",
        "as_of": facts.bulletin.as_of.isoformat(),
        "owner": {
            "ref": facts.bulletin.owner.ref,
            "zh": facts.bulletin.owner.name_zh,
            "en": facts.bulletin.owner.name_en,
        },
        "text": {language: _build_text(facts, language, bodies) for language in LANGUAGES},
        "figures": figure_rows(facts),
        "companies": [_build_company(facts, key, bodies) for key in sorted(facts.companies)],
    }


def _build_text(facts: BulletinFacts, language: str, bodies: Mapping[tuple[str, str], str]) -> list[dict[str, str]]:
    values = slot_values(facts, None, language)
    return [
        {
            "section": name,
            "heading": section.heading.zh if language == "zh" else section.heading.en,
            "body": "" if name == "company" else fill_body(bodies[name, language], values),
        }
        for name, section in text_sections().items()
    ]


def _build_company(facts: BulletinFacts, key: int, bodies: Mapping[tuple[str, str], str]) -> dict[str, Any]:
    company, reply = facts.companies[key], facts.replies.get(key, CompanyReply("asked"))
    return {
        "ref": company.ref,
        "zh": company.name_zh,
        "en": company.name_en,
        "text": {language: company_paragraph(facts, key, language, bodies) for language in LANGUAGES},
        "reply": {
            "state": reply.state,
            "opinion": reply.opinion,
            "text": reply.text,
            "counter_figures": list(reply.counter_figures),
        },
    }


def figure_rows(facts: BulletinFacts) -> list[dict[str, Any]]:
    """Return every figure with interval, change and places as JSON values; `company` is "" for all together."""
    places = facts.places
    rows = []
    for key in sorted(facts.counts, key=lambda key: key or 0):
        company = facts.companies[key].ref if key is not None else ""
        for name in MEASURES:
            pair = facts.counts[key][name]
            share, change = share_of(pair.now), difference_interval(pair.now, pair.before)
            place = places[name].get(company)
            rows.append(
                {
                    "company": company,
                    "measure": name,
                    "part": pair.now.part,
                    "whole": pair.now.whole,
                    "share": share and share.value,
                    "low": share and share.low,
                    "high": share and share.high,
                    "before_part": pair.before.part,
                    "before_whole": pair.before.whole,
                    "change_low": change and change.low,
                    "change_high": change and change.high,
                    "best_place": place.best if place else None,
                    "worst_place": place.worst if place else None,
                    "ranked": len(places[name]),
                }
            )
    return rows


def viewer_figures(facts: BulletinFacts, company: int | None) -> list[dict[str, Any]]:
    """Return the figures for a viewer: all, or those of one company (primary key) without its places.

    Before the publication places would tell of other companies.
    """
    if company is None:
        return figure_rows(facts)
    own = facts.companies.get(company)
    rows = [row for row in figure_rows(facts) if own is not None and row["company"] == own.ref]
    return [row | {"best_place": None, "worst_place": None, "ranked": 0} for row in rows]


def digest_of(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a publication, over its JSON with sorted keys and no blanks (UTF-8)."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
