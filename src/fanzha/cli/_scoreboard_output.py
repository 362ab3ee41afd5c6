"""Print a scoreboard in a terminal: frauds by level, innocents, victims; live and shadow side by side."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from fanzha.analyze.backtest.metrics import Proportion
from fanzha.analyze.scoreboard import TEN_THOUSAND, InnocentScore, Scoreboard, ScoredSimulation
from fanzha.base.words import Words
from fanzha.simulate import all_scenarios


def print_boards(console: Console, boards: dict[str, Scoreboard]) -> None:
    """Print all three tables and the pooled figure."""
    live, shadow = boards["live"], boards["shadow"]
    console.print(_frauds(live, shadow))
    console.print(_innocents(live, shadow))
    console.print(_victims(live, shadow))
    for board, mode_words in ((live, Words("上线", "live")), (shadow, Words("影子", "shadow"))):
        hits = board.pooled.hits
        console.print(
            f"{mode_words.zh} {mode_words.en}: 形似者合计 look-alikes pooled "
            f"{hits.part:,}/{hits.whole:,} 对象日 subject-days = "
            f"{_rate(board.pooled)} / 10,000"
        )
    console.print("模拟数据 SIMULATED: 说明规则对这些攻击者的效果 what rules do against these attackers")


def print_alarm_rates(console: Console, scored: ScoredSimulation) -> None:
    """Print alarms, warnings and hits on innocents per million lines a day, and by which lines and days."""
    if scored.exposure is None:
        return
    rates = (
        (Words("告警", "alarms"), scored.alarms),
        (Words("提醒", "warnings"), scored.warnings),
        (Words("误及无辜者", "hits on innocents"), scored.false_alarms),
    )
    for words, by_name in rates:
        texts = " · ".join(f"{name} {rate.text()}" for name, rate in by_name.items())
        if texts:
            console.print(f"每天每百万线{words.zh} {words.en} per million lines a day: {texts}", highlight=False)
    console.print(" ".join(scored.exposure.words()), highlight=False)


def _frauds(live: Scoreboard, shadow: Scoreboard) -> Table:
    table = Table(
        "诈骗 fraud",
        "级\nlevel",
        "埋设\nplanted",
        "上线发现\nfound live",
        "影子发现\nfound shadow",
        "团伙 gangs\nlive · shadow / all",
        "首次阻断 first stop\nlive (median · p90)",
        "影子\nshadow",
        title="诈骗 Frauds",
        title_justify="left",
    )
    row_numbers: dict[str, int] = {}
    for live_row, shadow_row in zip(live.stopped, shadow.stopped, strict=True):
        row_numbers[live_row.scenario] = row_numbers.get(live_row.scenario, -1) + 1
        table.add_row(
            _title(live_row.scenario, row_numbers[live_row.scenario]),
            str(live_row.level),
            f"{live_row.actors.whole:,}",
            _share(live_row.actors),
            _share(shadow_row.actors),
            f"{live_row.gangs.part} · {shadow_row.gangs.part} / {live_row.gangs.whole}",
            _times(live_row.first_stop_median_ms, live_row.first_stop_p90_ms),
            _times(shadow_row.first_stop_median_ms, shadow_row.first_stop_p90_ms),
        )
    return table


def _innocents(live: Scoreboard, shadow: Scoreboard) -> Table:
    table = Table(
        "无辜者 innocent",
        "对象\nsubjects",
        "对象日\nsubject-days",
        "上线误伤\nlive hits",
        "每万 per 10,000\n(95 %)",
        "影子\nshadow hits",
        "每万 per 10,000\n(95 %)",
        title="无辜者 Innocents",
        title_justify="left",
    )
    for live_row, shadow_row in zip(live.spared, shadow.spared, strict=True):
        counts = (f"{n:,}" for n in (live_row.subjects, live_row.hits.whole, live_row.hits.part))
        name = Text(" ".join(_names(live_row.scenario)))
        table.add_row(name, *counts, _rate(live_row), f"{shadow_row.hits.part:,}", _rate(shadow_row))
    return table


def _victims(live: Scoreboard, shadow: Scoreboard) -> Table:
    table = Table(
        "受害人 victims of",
        "级 level",
        "人次 victims",
        "及时提醒 in time, live",
        "影子 shadow",
        title="受害人 Victims warned in time",
        title_justify="left",
    )
    row_numbers: dict[str, int] = {}
    for live_row, shadow_row in zip(live.warned, shadow.warned, strict=True):
        row_numbers[live_row.scenario] = row_numbers.get(live_row.scenario, -1) + 1
        name, people = _title(live_row.scenario, row_numbers[live_row.scenario]), f"{live_row.in_time.whole:,}"
        table.add_row(name, str(live_row.level), people, _share(live_row.in_time), _share(shadow_row.in_time))
    return table


def _names(name: str) -> Words:
    scenario = all_scenarios().get(name)
    return scenario.title if scenario else Words(name, "")


def _title(name: str, row_number: int) -> Text:
    """Return the Chinese title in the first row of a fraud, the English one in the second."""
    return Text(_names(name)[row_number]) if row_number < 2 else Text("")


def _share(proportion: Proportion) -> str:
    if proportion.value is None or proportion.low is None or proportion.high is None:
        return "—"
    return f"{proportion.value:.0%} ({100 * proportion.low:.0f}-{100 * proportion.high:.0f})"


def _rate(score: InnocentScore) -> str:
    if score.hits.low is None or score.hits.high is None or score.per_ten_thousand is None:
        return "—"
    return f"{score.per_ten_thousand:.1f} ({score.hits.low * TEN_THOUSAND:.1f}-{score.hits.high * TEN_THOUSAND:.1f})"


def _times(median: float | None, p90: float | None) -> str:
    return "—" if median is None or p90 is None else f"{_span(median)} · {_span(p90)}"


def _span(ms: float) -> str:
    minutes = ms / 60_000
    return f"{minutes:.0f} min" if minutes < 120 else f"{minutes / 60:.1f} h"
