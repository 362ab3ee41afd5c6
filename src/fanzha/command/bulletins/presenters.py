"""Present figures, replies and the rows behind figures on pages, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from fanzha.base.words import Words
from fanzha.command.bulletins.comparison import Places
from fanzha.command.bulletins.models import BulletinCase
from fanzha.command.bulletins.stated_figures import MEASURES, StatedFigure
from fanzha.command.bulletins.wordings import write_change, write_interval, write_place
from fanzha.command.processes.selectors import find_instances
from fanzha.command.statistics.selectors import FigureMeasure, load_figures, row_title, write_number
from fanzha.command.web.components import Badge, ListRow
from fanzha.command.web.i18n import localize

#: Builds the address of the cases behind a figure from measure, company (ref) and whether only its part.
CaseAddress = Callable[[str, str, bool], str]


class FigureRow(NamedTuple):
    """One company in the table of a measure; `part_href` and `whole_href` lead to the rows behind it, "" without."""

    name: str
    part: str
    whole: str
    value: str
    interval: str
    change: str
    place: str
    is_few: bool
    part_href: str = ""
    whole_href: str = ""


class MeasureTable(NamedTuple):
    """One measure with the rows of companies; those with overlapping intervals are ordered by name."""

    name: str
    title: str
    formula: str
    rows: list[FigureRow]


def present_measures(
    figures: Sequence[Mapping[str, Any]], names: Mapping[str, str], address: CaseAddress | None = None
) -> list[MeasureTable]:
    """Return a table for each measure from the figures of a bulletin; `names` are those of its companies, by ref."""
    tables = []
    for name in MEASURES:
        definition = load_figures()[name]
        rows = [row for row in figures if row["measure"] == name and (not row["company"] or row["company"] in names)]
        rows.sort(key=lambda row: _order(row, names))
        shown = [_present_figure(row, names, address) for row in rows]
        tables.append(MeasureTable(name, localize(definition.title), localize(definition.formula), shown))
    return tables


def _order(row: Mapping[str, Any], names: Mapping[str, str]) -> tuple[bool, int, int, str]:
    """Return the place of a row: all together last, who is not ranked after the others, and then by name."""
    last = row["ranked"] + 1
    return not row["company"], row["best_place"] or last, row["worst_place"] or last, names.get(row["company"], "")


def _present_figure(row: Mapping[str, Any], names: Mapping[str, str], address: CaseAddress | None) -> FigureRow:
    measure, company = row["measure"], row["company"]
    now = StatedFigure(measure, row["part"], row["whole"], row["n"], row["value"], row["low"], row["high"])
    before = None
    if row["before_n"] is not None:
        before = StatedFigure(
            measure, None, None, row["before_n"], row["before_value"], row["before_low"], row["before_high"]
        )
    place = Places(row["best_place"], row["worst_place"]) if row["best_place"] else None
    counts_rows = now.definition.measure is FigureMeasure.SHARE
    return FigureRow(
        names[company] if company else _("All together"),
        _count(now.part),
        _count(now.whole),
        "–" if now.value is None else localize(write_number(now.value, now.definition.unit)),
        localize(write_interval(now)),
        localize(write_change(now, before)),
        localize(write_place(place, row["ranked"])) if company else "–",
        not now.is_enough,
        address(measure, company, True) if address and now.part else "",
        address(measure, company, False) if address and now.whole and counts_rows else "",
    )


def _count(value: int | None) -> str:
    return "–" if value is None else f"{value:,}"


def opinion_title(opinion: str) -> str:
    """Return what a company thinks of the figures in words."""
    return {
        "agrees": _("No objection"),
        "agrees_partly": _("Objects to some figures"),
        "disagrees": _("Objects to the figures"),
    }.get(opinion, "")


def reply_title(state: str) -> str:
    """Return in words whether a company replied."""
    return {
        "replied": _("Replied"),
        "late": _("Replied late"),
        "silent": _("No reply in time"),
    }.get(state, _("Reply is due"))


def present_cases(cases: Sequence[BulletinCase]) -> list[ListRow]:
    """Return the rows behind a figure as list rows; each leads to its process if the viewer may read it."""
    refs = {case.process for case in cases}
    readable = set(find_instances().filter(ref__in=refs).values_list("ref", flat=True))
    return [
        ListRow(
            title=f"{localize(row_title(case.table))} {case.process[-8:]}",
            href=reverse("process", args=[case.process]) if case.process in readable else "",
            at=case.at,
            meta=(str(case.organization),),
            badges=(Badge(_("counts in the numerator")),) if case.is_part else (),
        )
        for case in cases
    ]


class PublicReply(NamedTuple):
    """The reply of a company to the draft, for readers."""

    state: str
    opinion: str
    text: str
    counter_figures: list[str]


class PublicCompany(NamedTuple):
    """One company in a published bulletin."""

    name: str
    text: str
    reply: PublicReply


class PublicSection(NamedTuple):
    """One section of a published bulletin; that of the companies has them instead of a body."""

    heading: str
    body: str
    companies: list[PublicCompany]


class PublicNotice(NamedTuple):
    """A correction, or why a bulletin was withdrawn."""

    at: datetime
    text: str


class PublicBulletin(NamedTuple):
    """A published bulletin in the reader's language."""

    ref: str
    title: str
    owner: str
    month: str
    sections: list[PublicSection]
    tables: list[MeasureTable]
    notices: list[PublicNotice]


def present_publication(content: Mapping[str, Any], notices: Iterable[Mapping[str, str]]) -> PublicBulletin:
    """Return a publication as it was built, in the reader's language."""
    language = localize(Words("zh", "en"))
    companies = [_public_company(company, language) for company in content["companies"]]
    texts = {row["section"]: row for row in content["text"][language]}
    sections = [
        PublicSection(row["heading"], row["body"], companies if name == "company" else [])
        for name, row in texts.items()
        if name != "title"
    ]
    names = {company["ref"]: company[language] for company in content["companies"]}
    return PublicBulletin(
        content["ref"],
        texts["title"]["body"],
        content["owner"][language],
        content["month"],
        sections,
        present_measures(content["figures"], names),
        [PublicNotice(datetime.fromisoformat(notice["at"]), notice[language]) for notice in notices],
    )


def _public_company(company: Mapping[str, Any], language: str) -> PublicCompany:
    reply = company["reply"]
    return PublicCompany(
        company[language],
        company["text"][language],
        PublicReply(
            reply_title(reply["state"]), opinion_title(reply["opinion"]), reply["text"], list(reply["counter_figures"])
        ),
    )
