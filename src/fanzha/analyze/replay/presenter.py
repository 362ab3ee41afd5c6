"""The texts and table cells of a replay, shared by the report and the terminal."""

from collections.abc import Mapping
from typing import NamedTuple

from fanzha.analyze.alarm_rate import AlarmRate
from fanzha.analyze.backtest.presenter import format_proportion
from fanzha.analyze.replay.result import CaseView, FoundShare, LeadTimes, ReplayResult
from fanzha.base.words import Words
from fanzha.claims.finding import MATURITY_WORDS, Maturity

WAY_WORDS = {
    "suspect": Words("嫌疑号码被指认", "the suspect was named"),
    "equipment": Words("嫌疑人的终端或卡被指认", "the suspect's phone or card was named"),
    "call": Words("来电被指认", "the call was named"),
    "victim": Words("受害人被提醒", "the victim was warned"),
}


class MaturityRow(NamedTuple):
    """Cases found and others hit by findings of one maturity."""

    title: Words
    found: str
    lead: Words
    accused: str
    warned: str


class RuleRow(NamedTuple):
    """One rule: cases found (of any maturity, live), by it alone, lead time, others hit live and otherwise."""

    title: Words
    rule: str
    found: str
    live: str
    alone: str
    lead: Words
    others_live: str
    others_rest: str


def headline(result: ReplayResult) -> Words:
    """Return the result in a sentence or two for a manager."""
    share, live = result.together, result.by_maturity[Maturity.LIVE]
    if not result.covered:
        return Words(
            f"{result.cases:,} 起案件均不在记录范围内，无法判断。",
            f"None of the {result.cases:,} cases lies within the records: nothing can be said.",
        )
    found, lead = share.found, share.lead.words()
    zh = (
        f"记录覆盖的 {result.covered:,} 起案件中，{found.part:,} 起（{format_proportion(found)}）"
        f"在首笔损失前即有线索，其中 {live.found.part:,} 起有可据以处置的正式线索"
    )
    en = (
        f"Of the {result.covered:,} cases within the records, {found.part:,} ({format_proportion(found)}) had a finding"
        f" before the first loss, {live.found.part:,} of them a live one that may be acted on"
    )
    if share.lead.cases:
        zh, en = f"{zh}；提前时间中位数 {lead.zh}", f"{en}; the median lead is {lead.en}"
    return Words(f"{zh}。", f"{en}.")


def tiles(result: ReplayResult) -> list[tuple[str, Words]]:
    """Return the main figures with their titles."""
    live = Maturity.LIVE
    figures = [
        (format_proportion(result.together.found), Words("首笔损失前发现", "found before the first loss")),
        (
            format_proportion(result.by_maturity[live].found),
            Words("其中由正式线索发现", "of these by live findings"),
        ),
        (
            result.accused[live].text(),
            Words("每天每百万线：其他对象被正式指认", "others accused live, a day per million lines"),
        ),
        (
            result.warned[live].text(),
            Words("每天每百万线：其他人收到正式提醒", "others warned live, a day per million lines"),
        ),
    ]
    if result.amount is not None and result.amount_found is not None:
        figures.append(
            (
                f"{result.amount_found:,.0f} / {result.amount:,.0f}",
                Words("提前发现的案件金额 / 全部（元）", "money of cases found in time / of all (yuan)"),
            )
        )
    return figures


def maturity_rows(result: ReplayResult) -> list[MaturityRow]:
    """Return a row for each maturity and one for all together, which has no rates."""
    rows = [
        MaturityRow(
            MATURITY_WORDS[Maturity(name)],
            format_proportion(share.found),
            lead_words(share),
            result.accused[name].text(),
            result.warned[name].text(),
        )
        for name, share in result.by_maturity.items()
    ]
    total = result.together
    return [
        *rows,
        MaturityRow(
            Words("合计", "together"),
            format_proportion(total.found),
            lead_words(total),
            _sum_alarms(result.accused),
            _sum_alarms(result.warned),
        ),
    ]


def _sum_alarms(rates: Mapping[str, AlarmRate]) -> str:
    """Return the sum of the rates, without an interval."""
    known = [rate.per_million_a_day for rate in rates.values() if rate.per_million_a_day is not None]
    return f"{sum(known):,.3g}" if known else "–"


def lead_words(share: FoundShare) -> Words:
    """Return the lead time of a share, or a dash."""
    lead: LeadTimes = share.lead
    return lead.words()


def rule_rows(result: ReplayResult) -> list[RuleRow]:
    """Return a row for each rule that found a case or hit others."""
    return [
        RuleRow(
            share.title,
            share.rule,
            format_proportion(share.found.found),
            f"{share.found_live.found.part:,}",
            f"{share.alone:,}",
            lead_words(share.found),
            share.others[Maturity.LIVE].text(),
            _sum_alarms({name: rate for name, rate in share.others.items() if name != Maturity.LIVE}),
        )
        for share in result.rules
    ]


def how_found(view: CaseView) -> Words:
    """Return how a case was found: the way, the maturity and how long before the loss."""
    if view.lead_ms is None:
        return Words("", "")
    way, maturity = WAY_WORDS[view.way], MATURITY_WORDS[Maturity(view.maturity)]
    hours = view.lead_ms / 3_600_000
    zh, en = (
        (f"{hours:.1f} 小时", f"{hours:.1f} h") if hours < 48 else (f"{hours / 24:.1f} 天", f"{hours / 24:.1f} days")
    )
    return Words(f"{way.zh}，提前 {zh}（{maturity.zh}）", f"{way.en} {en} before ({maturity.en})")
