"""Write report.html: what was found and what to do, people to warn, the strongest suspects, charts and inputs."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
from markupsafe import Markup

from fanzha.analyze.journal import write_atomically
from fanzha.analyze.report.charts import Bar, bar_chart, column_chart
from fanzha.analyze.report.evidence import DisplaySubject
from fanzha.analyze.report.page import load_template
from fanzha.analyze.report.story import build_story
from fanzha.analyze.report.suspects import Suspect, strongest_suspects
from fanzha.analyze.report.titles import (
    MATURITY_NOTES,
    detector_words,
    fraud_type_words,
    mask_subject,
)
from fanzha.analyze.summary import Summary
from fanzha.base.clock import iso
from fanzha.base.words import Words
from fanzha.claims.finding import MATURITY_WORDS, Maturity
from fanzha.events import all_events

MAX_SUSPECTS = 300  # live ones
MAX_OTHERS = 100  # of each of the other lists
OPEN_CARDS = 3  # of the first list; the others are unfolded
MIN_SHARE = 0.01
MAX_BYTES = 3_000_000  # a larger page lists fewer subjects; all are in the findings file


def write_report(summary: Summary, findings: Path, rejects: Path, target: Path, *, unmasked: bool = False) -> None:
    """Write the report of a run; subjects are masked unless `unmasked`."""
    display_subject = (lambda kind, value: value) if unmasked else mask_subject
    template, values = load_template("report.html.j2"), _values(summary, findings, rejects, unmasked=unmasked)
    suspects = _lists(findings, display_subject, summary.suspects_by_maturity, victims=False)
    to_warn = _lists(findings, display_subject, summary.to_warn_by_maturity, victims=True)
    values["story"] = build_story(
        summary,
        [subject for part in to_warn for subject in part.suspects],
        [subject for part in suspects for subject in part.suspects],
    )
    share = 1.0
    while True:
        page = template.render(suspects=_first(suspects, share), to_warn=_first(to_warn, share), **values).encode()
        if len(page) <= MAX_BYTES or share < MIN_SHARE:
            break
        share *= 0.9 * MAX_BYTES / len(page)
    write_atomically(target, page)


def _values(summary: Summary, findings: Path, rejects: Path, *, unmasked: bool) -> dict[str, Any]:
    """Return the values of the page apart from the lists of subjects."""
    return {
        "summary": summary,
        "names": summary.names(),
        "maturities": [
            (
                MATURITY_WORDS[Maturity(name)],
                count,
                summary.alarms_by_maturity.get(name),
                summary.warnings_by_maturity.get(name),
            )
            for name, count in summary.by_maturity.items()
        ],
        "unmasked": unmasked,
        "charts": _charts(summary, findings),
        "events": [(all_events()[name].title, count) for name, count in summary.events.items()],
        "reject_reasons": _reject_reasons(rejects),
        "iso": iso,
        "open_cards": OPEN_CARDS,
    }


@dataclass(frozen=True)
class _SuspectList:
    """The subjects of one maturity; `total` counts those not shown as well."""

    title: Words
    note: Words
    suspects: list[Suspect]
    total: int


def _first(lists: list[_SuspectList], share: float) -> list[_SuspectList]:
    """Return lists with this share of their subjects, the strongest, at least one of each."""
    return [replace(part, suspects=part.suspects[: max(1, int(len(part.suspects) * share))]) for part in lists]


def _lists(
    findings: Path, display_subject: DisplaySubject, totals: Mapping[str, int], *, victims: bool
) -> list[_SuspectList]:
    """Return a list for each maturity that has subjects, the most mature first."""
    lists = []
    for maturity in Maturity:
        limit = MAX_SUSPECTS if maturity is Maturity.LIVE else MAX_OTHERS
        shown = strongest_suspects(findings, limit, display_subject, victims=victims, maturity=maturity)
        total = totals.get(maturity, len(shown))
        if shown:
            lists.append(_SuspectList(MATURITY_WORDS[maturity], MATURITY_NOTES[maturity], shown, total))
    return lists


def _charts(summary: Summary, findings: Path) -> list[dict[str, Any]]:
    detectors = [Bar(detector_words(name), count) for name, count in summary.by_detector.items()]
    types = [Bar(fraud_type_words(name), count) for name, count in summary.by_fraud_type.items()]
    charts = [
        {
            "title": Words("各检测器的线索", "Findings by detector"),
            "svg": Markup(bar_chart(detectors)),
            "rows": detectors,
        },
        {"title": Words("诈骗类型", "Fraud types"), "svg": Markup(bar_chart(types)), "rows": types},
        {
            "title": Words("评分分布", "Scores"),
            "svg": Markup(bar_chart(scores := _score_bars(findings))),
            "rows": scores,
        },
    ]
    moments = _time_bars(findings)
    if len(moments) > 1:
        svg = column_chart([row.number for row in moments], moments[0].label.en, moments[-1].label.en)
        charts.append({"title": Words("发现时间", "When it happened"), "svg": Markup(svg), "rows": moments})
    return [chart for chart in charts if chart["rows"]]


def _score_bars(findings: Path) -> list[Bar]:
    """Count findings by tenth of score, the highest first."""
    with duckdb.connect() as database:
        rows = database.execute(
            "SELECT least(floor(score * 10), 9)::INT, count(*) FROM read_parquet(?) GROUP BY 1 ORDER BY 1 DESC",
            [str(findings)],
        ).fetchall()
    return [Bar(Words(text := f"{low / 10:.1f}–{(low + 1) / 10:.1f}", text), count) for low, count in rows]


def _time_bars(findings: Path) -> list[Bar]:
    """Count findings in 48 equal intervals; return [] if they cover less than a minute."""
    with duckdb.connect() as database:
        first, last = database.execute(
            "SELECT min(found_at), max(found_at) FROM read_parquet(?)", [str(findings)]
        ).fetchall()[0]
        if first is None or last - first < 60_000:
            return []
        step = (last - first) // 48 + 1
        rows = database.execute(
            "SELECT (found_at - ?) // ?, count(*) FROM read_parquet(?) GROUP BY 1", [first, step, str(findings)]
        ).fetchall()
    counts = dict(rows)
    stretches = range((last - first) // step + 1)
    return [Bar(Words(text := iso(first + step * n)[:16], text), counts.get(n, 0)) for n in stretches]


def _reject_reasons(rejects: Path) -> list[tuple[str, int]]:
    """Return the most frequent reasons for rejected rows."""
    if not rejects.stat().st_size:
        return []
    with duckdb.connect() as database:
        return database.execute(
            """SELECT reason, count(*) AS rows FROM read_json_auto(?, format = 'newline_delimited')
               GROUP BY reason ORDER BY rows DESC, reason LIMIT 20""",
            [str(rejects)],
        ).fetchall()
