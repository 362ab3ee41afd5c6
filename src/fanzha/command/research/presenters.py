"""Prepare agreements, models, comparisons and tables for pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from fanzha.base.words import Words
from fanzha.claims.fraud_type import FRAUD_TYPES
from fanzha.command.research.models import (
    ModelState,
    ModelTransport,
    PartnerModel,
    ResearchAgreement,
    ResearchTable,
    ShadowRun,
    TableState,
)
from fanzha.command.research.table_services import COUNT, DIMENSION_TITLES, MEASURE_TITLES
from fanzha.command.subjects.selectors import fraud_type_title, kind_title
from fanzha.command.web.components import Badge, DataTable, FactItem, KeyFigure, ListRow, Tone
from fanzha.command.web.drawing.bars import DrawnBar, bars
from fanzha.command.web.drawing.hours import Chart
from fanzha.command.web.i18n import localize, localize_text
from fanzha.events.call_offered import INGRESS

_ALL = "*"
_INGRESS_TITLES = {
    "international_gateway": Words("国际来话", "from abroad"),
    "interconnect": Words("网间", "interconnect"),
    "leased_line": Words("语音专线", "leased line"),
    "mobile": Words("本网移动", "own mobile"),
    "voip": Words("网络电话", "voice over IP"),
}
_OUTCOME_TITLES = {
    "confirmed": Words("认定涉诈", "confirmed"),
    "cleared": Words("排除嫌疑", "cleared"),
    "undecided": Words("尚未研判", "undecided"),
}


def present_agreement(row: ResearchAgreement) -> ListRow:
    """Return an agreement as a row of the list."""
    badges = (agreement_badge(row),)
    summary = _("%(owner)s and %(partner)s") % {"owner": row.owner.name, "partner": row.partner.name}
    href = reverse("research_agreement", args=[row.ref])
    return ListRow(row.number, href, summary, badges=badges, at=row.recorded_at, meta=(localize_text(row.purpose),))


def agreement_badge(row: ResearchAgreement) -> Badge:
    """Return whether an agreement is in force."""
    if row.is_in_force:
        return Badge(_("in force"), "check")
    if row.approved_at is None and row.ended_at is None:
        return Badge(_("to be approved"), "clock", Tone.ACCENT)
    return Badge(_("ended"), "clock")


def agreement_facts(row: ResearchAgreement) -> list[FactItem]:
    """Return what was agreed."""
    allowed = [_("models beside ours")] if row.allows_models else []
    allowed += [_("tables of counts")] if row.allows_tables else []
    return [
        FactItem(_("Owner of the data"), row.owner.name),
        FactItem(_("Partner"), row.partner.name),
        FactItem(_("Document"), row.document),
        FactItem("SHA-256", row.document_sha256),
        FactItem(_("Purpose"), localize_text(row.purpose)),
        FactItem(_("Allows"), ", ".join(allowed)),
        FactItem(_("Cells are withheld below"), row.least_cell),
        FactItem(_("Tables in all"), row.table_budget),
        FactItem(_("Valid until"), row.valid_until),
        FactItem(_("Approved by"), str(row.approved_by or "")),
    ]


def present_model(row: PartnerModel) -> ListRow:
    """Return a model as a row of the list."""
    partner = row.agreement.partner.name
    href = reverse("partner_model", args=[row.ref])
    meta = (row.get_transport_display(), kind_title(row.kind))
    return ListRow(str(row), href, partner, badges=(model_badge(row),), at=row.submitted_at, meta=meta)


def model_badge(row: PartnerModel) -> Badge:
    """Return the state of a model."""
    tones = {ModelState.CHECKED: Tone.ACCENT, ModelState.UNFIT: Tone.HARM, ModelState.APPROVED: Tone.CALM}
    icons = {ModelState.APPROVED: "check", ModelState.UNFIT: "alert"}
    state = ModelState(row.state)
    return Badge(str(state.label), icons.get(state, "clock"), tones.get(state, Tone.QUIET))


def model_facts(row: PartnerModel) -> list[FactItem]:
    """Return the facts about a model."""
    is_file = row.transport == ModelTransport.ONNX
    facts = [
        FactItem(_("Partner"), row.agreement.partner.name),
        FactItem(_("Research agreement"), row.agreement.number),
        FactItem(_("Licence"), row.licence),
        FactItem(_("How it is asked"), row.get_transport_display()),
    ]
    facts += [] if is_file else [FactItem(_("Address of the endpoint"), row.url)]
    return [
        *facts,
        FactItem(
            _("SHA-256 of the file")
            if is_file
            else _("SHA-256 of the container image, as the partner states it; not checked"),
            row.sha256,
        ),
        FactItem(_("What it scores"), kind_title(row.kind)),
        FactItem(_("Columns that it takes"), ", ".join(row.features)),
        FactItem(_("Valid until"), row.valid_until),
        FactItem(_("Decided by"), str(row.decided_by or "")),
        FactItem(_("Reason"), row.decision),
        FactItem(_("Last run"), row.run_at),
    ]


def comparison_figures(found: Mapping[str, Any]) -> list[KeyFigure]:
    """Return the numbers of scored subjects, confirmed frauds and cleared subjects."""
    return [
        KeyFigure(f"{found['subjects']:,}", _("subjects scored")),
        KeyFigure(f"{found['fraud']:,}", _("of them confirmed as fraud")),
        KeyFigure(f"{found['clear']:,}", _("of them cleared")),
    ]


def _recall_titles() -> dict[str, str]:
    return {
        "recall_at_1pct": _("fraud found at 1 % false alarms"),
        "recall_at_0.1pct": _("fraud found at 0.1 % false alarms"),
        "auc": _("area under the curve"),
    }


def recall_chart(found: Mapping[str, Any]) -> Chart:
    """Return the figures of both sides as bars, with intervals in the table."""
    parts, rows = [], []
    for name, title in _recall_titles().items():
        for side, who, series in (("ours", _("ours"), "series-1"), ("theirs", _("partner"), "series-2")):
            figure = found[side][name]
            words = _percent(figure["value"])
            parts.append(DrawnBar(f"{title}: {who}", words, figure["value"] or 0.0, series))
            interval = f"{_percent(figure['low'])} – {_percent(figure['high'])}" if figure["low"] is not None else "–"
            rows.append((title, who, words, interval))
    head = (_("figure"), _("side"), _("measured value"), _("95 % interval"))
    title = _("How much fraud each finds")
    return bars(title, parts, DataTable(title, head, tuple(rows), frozenset({2, 3})))


def overlap_chart(found: Mapping[str, Any]) -> Chart:
    """Return how far the alarms of both sides are the same subjects."""
    only_ours, only_theirs = (sum(found[name].values()) for name in ("only_ours", "only_theirs"))
    total = max(found["both"] + only_ours + only_theirs, 1)
    counted = ((_("both"), found["both"]), (_("only ours"), only_ours), (_("only the partner's"), only_theirs))
    parts = [DrawnBar(label, f"{count:,}", count / total) for label, count in counted]
    rows: list[tuple[str, ...]] = [(_("both"), f"{found['both']:,}", "–", "–", "–")]
    for name, label in (("only_ours", _("only ours")), ("only_theirs", _("only the partner's"))):
        split = found[name]
        counts = (f"{split[outcome]:,}" for outcome in ("fraud", "clear", "undecided"))
        rows.append((label, f"{sum(split.values()):,}", *counts))
    title = _("Alarms of both, at the same number of alarms")
    head = (_("alarm"), _("subjects"), _("confirmed"), _("cleared"), _("undecided"))
    return bars(title, parts, DataTable(title, head, tuple(rows), frozenset({1, 2, 3, 4})))


def look_alike_table(found: Mapping[str, Any]) -> DataTable:
    """Return on how many innocent look-alikes each side alarms, by what they were taken for."""
    rows: list[tuple[str, ...]] = [
        (
            fraud_type_title(row["fraud_type"]) or _("no type"),
            f"{row['subjects']:,}",
            f"{row['ours']:,}",
            f"{row['theirs']:,}",
        )
        for row in found["look_alikes"]
    ]
    protected = found["protected"]
    counts = (f"{protected[name]:,}" for name in ("subjects", "ours", "theirs"))
    rows.append((_("numbers on the allowlist"), *counts))
    head = (_("taken for"), _("innocent"), _("our alarms"), _("the partner's alarms"))
    return DataTable(_("Innocent look-alikes"), head, tuple(rows), frozenset({1, 2, 3}))


def run_table(runs: Sequence[ShadowRun]) -> DataTable:
    """Return the runs of a model."""
    rows = [
        (run.began_at, f"{run.rows:,}", f"{run.seconds:.1f}", localize(Words(run.problem_zh, run.problem_en)) or "–")
        for run in runs
    ]
    head = (_("began"), _("subjects"), _("seconds"), _("problem"))
    return DataTable(_("Runs"), head, tuple(rows), frozenset({1, 2}))


def latest_comparison(runs: Sequence[ShadowRun]) -> dict[str, Any]:
    """Return the comparison of the latest run that has one, {} if there is none."""
    return next((run.comparison for run in runs if run.comparison), {})


def present_table_row(row: ResearchTable) -> ListRow:
    """Return a table as a row of the list."""
    href = reverse("research_table", args=[row.ref])
    purpose, meta = localize_text(row.purpose), (row.agreement.number,)
    return ListRow(table_title(row), href, purpose, badges=(table_badge(row),), at=row.asked_at, meta=meta)


def table_title(row: ResearchTable) -> str:
    """Return what a table counts, and by what."""
    by = ", ".join(localize(DIMENSION_TITLES[name]) for name in row.dimensions)
    title = f"{kind_title(row.kind)}: {localize(MEASURE_TITLES[row.measure])}"
    return _("%(title)s, by %(dimensions)s") % {"title": title, "dimensions": by} if by else title


def table_badge(row: ResearchTable) -> Badge:
    """Return the state of a table."""
    tones = {TableState.READY: Tone.ACCENT, TableState.REFUSED: Tone.WARN, TableState.RELEASED: Tone.CALM}
    state = TableState(row.state)
    icon = {TableState.RELEASED: "check", TableState.REFUSED: "cross"}.get(state, "clock")
    return Badge(str(state.label), icon, tones.get(state, Tone.QUIET))


def table_notes(row: ResearchTable) -> list[str]:
    """Return what a reader of a table must know."""
    period = {"since": f"{row.since:%Y-%m-%d}", "until": f"{row.until:%Y-%m-%d}"}
    return [
        table_title(row),
        _("Subjects first found from %(since)s to before %(until)s, each described by its first finding.") % period,
        _("A line that is missing counts fewer than %(least)s, none included, or would give such a one away.")
        % {"least": row.agreement.least_cell},
        _("“*” stands for all. Totals include what is withheld."),
        _("Agreement %(number)s. Only for: %(purpose)s")
        % {"number": row.agreement.number, "purpose": localize_text(row.purpose)},
    ]


def content_table(row: ResearchTable) -> DataTable:
    """Return the lines of a table for a page."""
    content = row.content
    measures = _measure_titles(content["measure"])
    head = (*(localize(DIMENSION_TITLES[name]) for name in content["dimensions"]), *measures.values())
    rows = tuple(
        (
            *(value_title(name, line[name]) for name in content["dimensions"]),
            *(f"{line[measure]:,}" if measure != "rate" else _percent(line[measure]) for measure in measures),
        )
        for line in content["lines"]
    )
    first = len(content["dimensions"])
    return DataTable(table_title(row), head, rows, frozenset(range(first, first + len(measures))))


def _measure_titles(measure: str) -> dict[str, str]:
    if measure == COUNT:
        return {"count": _("subjects")}
    return {"decided": _("decided"), "confirmed": _("confirmed"), "rate": _("share")}


def value_title(name: str, value: str) -> str:
    """Return a value of a dimension in words."""
    if value == _ALL:
        return _("all")
    if name == "fraud_type" and value in FRAUD_TYPES:
        return fraud_type_title(value)
    if name == "ingress" and value in INGRESS:
        return localize(_INGRESS_TITLES[value])
    if name == "outcome":
        return localize(_OUTCOME_TITLES[value])
    return value.replace(":", " ") or _("unknown")


def _percent(value: float | None) -> str:
    return _("not enough decisions") if value is None else f"{value:.1%}"
