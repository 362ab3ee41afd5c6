"""Write the report of a backtest: hits an hour against the budget, versions compared, the first hits with reasons."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from fanzha.analyze.backtest import words
from fanzha.analyze.backtest.result import Backtest, Comparison, Hour, ShownHit, VersionAccount
from fanzha.analyze.journal import write_atomically
from fanzha.analyze.report.charts import Bar, bars
from fanzha.analyze.report.charts import columns as upright
from fanzha.analyze.report.page import template
from fanzha.analyze.report.suspects import kind_words
from fanzha.base.clock import iso
from fanzha.base.words import Words
from fanzha.claims.governor import HOUR_MS

MOST_COLUMNS = 168
WIDE = 1040  # of a chart that has the page for itself


def write_backtest_report(result: Backtest, target: Path, *, unmasked: bool = False) -> None:
    """Write the report; its subjects are masked or not as the result has them."""
    page = template("backtest.html.j2").render(
        input=result.input,
        names=result.input.names(),
        notices=result.notices,
        columns=words.columns(judged=any(one.judged for one in result.versions)),
        rules=[_rule(one, [hit for hit in result.shown if hit.label == one.label]) for one in result.versions],
        comparisons=[_comparison(one) for one in result.comparisons],
        unmasked=unmasked,
        iso=iso,
    )
    write_atomically(target, page.encode())


def _rule(account: VersionAccount, hits: Sequence[ShownHit]) -> dict[str, Any]:
    judged = account.judged
    title, svg = _hours_chart(account)
    return {
        "label": account.label,
        "title": Words(account.title_zh, account.title_en),
        "file": account.file,
        "cells": words.cells(account),
        "lines": words.lines(account),
        "hours": account.hours,
        "hours_title": title,
        "svg": svg,
        "overruns": [over.words() for over in account.overruns],
        "scenarios": [
            {
                "name": one.scenario or "–",
                "role": words.ROLE_WORDS[one.role],
                "counts": f"{one.hit.part:,} / {one.hit.whole:,}",
                "share": words.share(one.hit),
            }
            for one in (judged.scenarios if judged else ())
        ],
        "hits": [_hit(hit) for hit in hits],
        "more": account.hits - len(hits),
    }


def _hit(hit: ShownHit) -> dict[str, Any]:
    effect = Words("可执行", "would act") if hit.acts else Words("仅报告", "report only")
    return {
        "subject": hit.subject,
        "kind": kind_words(hit.kind),
        "effect": effect,
        "role": words.ROLE_WORDS[hit.role] if hit.role else None,
        "simulated": hit.simulated,
        "moment": hit.moment,
        "score": hit.score,
        "why": None if hit.acts else Words(hit.why_zh, hit.why_en),
        "reasons": [Words(*pair) for pair in zip(hit.reasons_zh, hit.reasons_en, strict=True)],
    }


def _hours_chart(account: VersionAccount) -> tuple[Words, Markup]:
    """Draw the subjects of each hour, or of the busiest hour of each stretch when there are too many hours."""
    if not account.hours:
        return Words("", ""), Markup("")
    first, last = account.hours[0].begins, account.hours[-1].begins
    hours = (last - first) // HOUR_MS + 1
    each = -(-hours // MOST_COLUMNS)
    counts = _busiest(account.hours, first, each, -(-hours // each))
    svg = upright(counts, iso(first)[:16], iso(last)[:16], limit=account.budget.subjects_an_hour, width=WIDE)
    if each == 1:
        return Words("每小时命中的对象（虚线为预算）", "Subjects hit an hour (the dashed line is the budget)"), Markup(
            svg
        )
    return Words(
        f"每 {each} 小时中最忙一小时命中的对象（虚线为预算）",
        f"Subjects hit in the busiest hour of each {each} hours (the dashed line is the budget)",
    ), Markup(svg)


def _busiest(hours: Sequence[Hour], first: int, each: int, columns: int) -> list[int]:
    counts = [0] * columns
    for hour in hours:
        place = (hour.begins - first) // HOUR_MS // each
        counts[place] = max(counts[place], hour.subjects)
    return counts


def _comparison(comparison: Comparison) -> dict[str, Any]:
    told = words.parts(comparison)
    roles = [role for role in words.ROLE_WORDS if role and any(role in counts for _, counts in told)]
    return {
        "rule": comparison.rule,
        "svg": Markup(bars([Bar(title, sum(counts.values())) for title, counts in told], width=WIDE)),
        "roles": [words.ROLE_WORDS[role] for role in roles],
        "rows": [(title, [counts.get(role, 0) for role in roles], sum(counts.values())) for title, counts in told],
    }
