"""Build the content of a bulletin: headings, text with its figures, tables, replies of companies; and its digest."""

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
from fanzha.command.bulletins.comparison import Places, difference_interval, rank_places
from fanzha.command.bulletins.models import Bulletin, BulletinFigure, BulletinText
from fanzha.command.bulletins.stated_figures import MEASURES, RECEIVED, StatedFigure
from fanzha.command.bulletins.text_template import LANGUAGES, fill_body, text_sections
from fanzha.command.bulletins.wordings import (
    write_basis,
    write_changes,
    write_day,
    write_figure,
    write_month,
    write_places,
    write_types,
)
from fanzha.command.organizations.selectors import all_organizations
from fanzha.command.processes.selectors import find_legs, find_steps
from fanzha.command.statistics.selectors import load_figures
from fanzha.command.web.scoping import unscoped

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization

_UNSCOPED = unscoped("a bulletin is put together from the figures and replies of all companies")
_REPLIES = ("reply", "reply_late")


class FigurePair(NamedTuple):
    """A figure of this month, that of the bulletin of the month before or None, and the version of its definition."""

    now: StatedFigure
    before: StatedFigure | None
    version: int


#: The figures of one company, or of all together, by name.
CompanyFigures = dict[str, FigurePair]


@dataclass(frozen=True)
class CompanyReply:
    """The reply of a company to the draft; `state` is replied, late, silent or asked."""

    state: str
    opinion: str = ""
    text: str = ""
    counter_figures: tuple[str, ...] = ()


@dataclass(frozen=True)
class BulletinFacts:
    """Everything that a bulletin states: figures by company (primary key; None for all together), names, replies.

    `companies` are those that it names: those that were asked, and before that all that can be.
    """

    bulletin: Bulletin
    figures: Mapping[int | None, CompanyFigures]
    companies: Mapping[int, Organization]
    replies: Mapping[int, CompanyReply]

    @property
    def places(self) -> dict[str, dict[str, Places]]:
        """Return the places by measure and company (ref)."""
        return {
            name: rank_places(
                {company.ref: self.figures[key][name].now for key, company in self.companies.items()},
                load_figures()[name].direction,
            )
            for name in MEASURES
        }


def load_bulletin_facts(bulletin: Bulletin) -> BulletinFacts:
    """Return everything that a bulletin states, read in a fixed number of queries."""
    figures: defaultdict[int | None, CompanyFigures] = defaultdict(dict)
    for row in _UNSCOPED.rows(BulletinFigure).filter(bulletin=bulletin):
        figures[row.organization_id][row.measure] = _load_pair(row)
    replies = _load_replies(bulletin)
    companies = all_organizations().in_bulk([key for key in figures if key is not None])
    named = {key: row for key, row in companies.items() if (key in replies if replies else row.is_active)}
    return BulletinFacts(bulletin, {key: figures[key] for key in (None, *named)}, named, replies)


def _load_pair(row: BulletinFigure) -> FigurePair:
    now = StatedFigure(row.measure, row.part, row.whole, row.n, row.value, row.low, row.high)
    before = None
    if row.before_n is not None:
        before = StatedFigure(row.measure, None, None, row.before_n, row.before_value, row.before_low, row.before_high)
    return FigurePair(now, before, row.version)


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
    bulletin, pairs = facts.bulletin, facts.figures[company]
    words: dict[str, Words] = {name: write_figure(pair.now) for name, pair in pairs.items()}
    words |= {
        "owner": _name(bulletin.owner),
        "month": write_month(bulletin.month),
        "as_of": write_day(bulletin.as_of, bulletin.owner.zone),
        "basis": write_basis(),
        "least": _number(max(load_figures()[name].minimum for name in MEASURES)),
        "received": _number(pairs[RECEIVED].now.whole or 0),
        "changes": write_changes([(pair.now, pair.before) for pair in pairs.values()]),
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
    """Return the paragraph of a bulletin on one company."""
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
    return [
        _figure_row(facts.companies[key].ref if key is not None else "", facts.figures[key][name], places[name])
        for key in sorted(facts.figures, key=lambda key: key or 0)
        for name in MEASURES
    ]


def _figure_row(company: str, pair: FigurePair, places: Mapping[str, Places]) -> dict[str, Any]:
    now, before, place = pair.now, pair.before, places.get(company)
    change = difference_interval(now, before)
    return {
        "company": company,
        "version": pair.version,
        "unit": now.definition.unit.value,
        **now._asdict(),
        "before_n": before and before.n,
        "before_value": before and before.value,
        "before_low": before and before.low,
        "before_high": before and before.high,
        "change_low": change and change.low,
        "change_high": change and change.high,
        "best_place": place and place.best,
        "worst_place": place and place.worst,
        "ranked": len(places),
    }


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
