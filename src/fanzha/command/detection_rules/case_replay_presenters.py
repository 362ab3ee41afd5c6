"""Present a replay of decided cases: recall with its interval, cleared subjects hit, and those missed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from fanzha.command.detection_rules.decided_cases import MAX_NAMED, iter_subject_refs
from fanzha.command.detection_rules.models import BacktestRun
from fanzha.command.subjects.selectors import display_subject, find_subjects, kind_title
from fanzha.command.web.components import DataTable, KeyFigure, ListRow


class ReplayedCaseList(NamedTuple):
    """Subjects under a heading, with a note if the report names only the first of them."""

    key: str
    title: str
    rows: list[ListRow]
    note: str


class CaseReplayReport(NamedTuple):
    """What the page of a replay shows beside the report of its backtest."""

    figures: tuple[KeyFigure, ...]
    replayed: str
    uncovered: str
    table: DataTable
    change: str
    lists: list[ReplayedCaseList]


def summarize_cases(cases: Mapping[str, Any]) -> str:
    """Return the result of a replay in a line."""
    tested = cases["tested"]
    return _("%(found)s judged fraud found before the decision, %(cleared)s judged innocent hit") % {
        "found": _of(tested["recall"]),
        "cleared": _of(tested["cleared_share"]),
    }


def present_cases(run: BacktestRun) -> CaseReplayReport:
    """Present the decided cases of a finished replay; subjects that the viewer may not read are left out."""
    cases = run.result["cases"]
    tested = cases["tested"]
    rows = _rows(set(iter_subject_refs(cases)))
    lists = [
        ("missed", _("Judged fraud, and not found"), tested["missed"], tested["missed_count"]),
        ("late", _("Judged fraud, and found only after the decision"), tested["late"], tested["late_count"]),
        ("cleared", _("Judged innocent, and hit"), tested["hit_cleared"], tested["hit_cleared_count"]),
    ]
    change = cases["change"]
    if change:
        lists.append(("lost", _("Found by the other text, and not by this one"), change["lost"], change["lost_count"]))
    return CaseReplayReport(
        (
            KeyFigure(
                _percent(tested["recall"]),
                _("of %(count)s judged fraud, found before the decision") % {"count": f"{tested['recall']['whole']:,}"},
            ),
            KeyFigure(f"{tested['missed_count']:,}", _("judged fraud and not found"), href="#missed"),
            KeyFigure(
                _percent(tested["cleared_share"]),
                _("of %(count)s judged innocent, hit") % {"count": f"{tested['cleared_share']['whole']:,}"},
                is_harm=tested["hit_cleared_count"] > 0,
            ),
        ),
        _replayed_words(run, cases),
        _uncovered_words(cases),
        _table(cases),
        _change_words(change),
        [
            ReplayedCaseList(key, title, _select_rows(rows, refs), _note(count))
            for key, title, refs, count in lists
            if count
        ],
    )


def _replayed_words(run: BacktestRun, cases: Mapping[str, Any]) -> str:
    return _(
        "Replayed: the standing decisions of your organisation, %(fraud)s subjects judged fraud and %(innocent)s "
        "judged innocent, on the stored events of “%(history)s”."
    ) % {"fraud": f"{cases['confirmed']:,}", "innocent": f"{cases['cleared']:,}", "history": run.history}


def _uncovered_words(cases: Mapping[str, Any]) -> str:
    fraud = cases["confirmed"] - cases["covered_confirmed"]
    innocent = cases["cleared"] - cases["covered_cleared"]
    if not fraud and not innocent:
        return ""
    return _(
        "Not in these events: %(fraud)s judged fraud (none before the decision) and %(innocent)s judged innocent. They "
        "are in no share."
    ) % {"fraud": f"{fraud:,}", "innocent": f"{innocent:,}"}


def _table(cases: Mapping[str, Any]) -> DataTable:
    versions = [cases["tested"], *([cases["beside"]] if cases["beside"] else [])]
    head = ("", _("this text"), *([_("the other text")] if cases["beside"] else []))
    rows: list[tuple[object, ...]] = [
        (_("judged fraud, found before the decision"), *(_share(version["recall"]) for version in versions)),
        (_("found only after the decision"), *(f"{version['late_count']:,}" for version in versions)),
        (_("not found"), *(f"{version['missed_count']:,}" for version in versions)),
        (_("judged innocent, hit"), *(_share(version["cleared_share"]) for version in versions)),
        (_("median time before the decision"), *(_hours(version["median_lead_hours"]) for version in versions)),
        (
            _("judged fraud, found by the rule as it ran in this time"),
            f"{cases['found_as_it_ran']:,}",
            *([""] if cases["beside"] else []),
        ),
    ]
    return DataTable(_("Decided cases replayed"), head, tuple(rows), frozenset(range(1, len(head))))


def _change_words(change: Mapping[str, Any] | None) -> str:
    if not change:
        return ""
    return _(
        "Beside the other text, this one finds %(gained)s more judged fraud and loses %(lost)s; it hits %(more)s more "
        "judged innocent and spares %(fewer)s."
    ) % {
        "gained": f"{change['gained_count']:,}",
        "lost": f"{change['lost_count']:,}",
        "more": f"{change['more_cleared']:,}",
        "fewer": f"{change['fewer_cleared']:,}",
    }


def _rows(refs: set[str]) -> dict[str, ListRow]:
    """Return a row for each subject that the viewer may read, by reference."""
    return {
        subject.ref: ListRow(
            title=display_subject(subject),
            href=reverse("subject", args=[subject.ref]),
            meta=(kind_title(subject.kind),),
            is_subject=True,
        )
        for subject in find_subjects().filter(ref__in=refs)
    }


def _select_rows(rows: Mapping[str, ListRow], refs: Sequence[str]) -> list[ListRow]:
    return [rows[ref] for ref in refs if ref in rows]


def _note(count: int) -> str:
    if count <= MAX_NAMED:
        return ""
    return _("The first %(shown)s of %(count)s are listed.") % {"shown": MAX_NAMED, "count": f"{count:,}"}


def _of(proportion: Mapping[str, Any]) -> str:
    return f"{proportion['part']:,} / {proportion['whole']:,}"


def _percent(proportion: Mapping[str, Any]) -> str:
    """Return a share with its 95 % interval, a dash if there is nothing to share."""
    value, low, high = (proportion[name] for name in ("value", "low", "high"))
    return "–" if value is None else f"{value:.0%} ({low * 100:.0f}–{high * 100:.0f}%)"


def _share(proportion: Mapping[str, Any]) -> str:
    """Return the counts, and the share with its 95 % interval."""
    return _of(proportion) if proportion["value"] is None else f"{_of(proportion)} · {_percent(proportion)}"


def _hours(hours: float | None) -> str:
    if hours is None:
        return "–"
    if hours < 48:
        return _("%(hours)s hours") % {"hours": f"{hours:.1f}"}
    return _("%(days)s days") % {"days": f"{hours / 24:.1f}"}
