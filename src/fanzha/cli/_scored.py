"""How the scoreboard stands in the terminal: frauds by level, innocents, victims; live and shadow side by side."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from fanzha.analyze.backtest.judged import Share
from fanzha.analyze.scoreboard import TEN_THOUSAND, Board, Spared
from fanzha.base.words import Words
from fanzha.simulate import all_scenarios


def print_boards(console: Console, boards: dict[str, Board]) -> None:
    """Print all three tables and the pooled figure."""
    live, shadow = boards["live"], boards["shadow"]
    console.print(_frauds(live, shadow))
    console.print(_innocents(live, shadow))
    console.print(_victims(live, shadow))
    for board, said in ((live, Words("上线", "live")), (shadow, Words("影子", "shadow"))):
        hits = board.pooled.hits
        console.print(
            f"{said.zh} {said.en}: 形似者合计 look-alikes pooled {hits.part:,}/{hits.whole:,} 对象日 subject-days = "
            f"{_rate(board.pooled)} / 10,000"
        )
    console.print("模拟数据 SIMULATED: 说明规则对这些攻击者的效果 what rules do against these attackers")


def _frauds(live: Board, shadow: Board) -> Table:
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
    places: dict[str, int] = {}
    for one, other in zip(live.stopped, shadow.stopped, strict=True):
        places[one.scenario] = places.get(one.scenario, -1) + 1
        table.add_row(
            _title(one.scenario, places[one.scenario]),
            str(one.level),
            f"{one.actors.whole:,}",
            _share(one.actors),
            _share(other.actors),
            f"{one.gangs.part} · {other.gangs.part} / {one.gangs.whole}",
            _times(one.first_stop_median_ms, one.first_stop_p90_ms),
            _times(other.first_stop_median_ms, other.first_stop_p90_ms),
        )
    return table


def _innocents(live: Board, shadow: Board) -> Table:
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
    for one, other in zip(live.spared, shadow.spared, strict=True):
        counts = (f"{n:,}" for n in (one.subjects, one.hits.whole, one.hits.part))
        name = Text(" ".join(_names(one.scenario)))
        table.add_row(name, *counts, _rate(one), f"{other.hits.part:,}", _rate(other))
    return table


def _victims(live: Board, shadow: Board) -> Table:
    table = Table(
        "受害人 victims of",
        "级 level",
        "人次 victims",
        "及时提醒 in time, live",
        "影子 shadow",
        title="受害人 Victims warned in time",
        title_justify="left",
    )
    places: dict[str, int] = {}
    for one, other in zip(live.warned, shadow.warned, strict=True):
        places[one.scenario] = places.get(one.scenario, -1) + 1
        name, people = _title(one.scenario, places[one.scenario]), f"{one.in_time.whole:,}"
        table.add_row(name, str(one.level), people, _share(one.in_time), _share(other.in_time))
    return table


def _names(name: str) -> Words:
    known = all_scenarios().get(name)
    return known.title if known else Words(name, "")


def _title(name: str, place: int) -> Text:
    """Return the Chinese title in the first row of a fraud, the English one in the second."""
    return Text(_names(name)[place]) if place < 2 else Text("")


def _share(one: Share) -> str:
    if one.value is None or one.low is None or one.high is None:
        return "—"
    return f"{one.value:.0%} ({100 * one.low:.0f}-{100 * one.high:.0f})"


def _rate(one: Spared) -> str:
    if one.hits.low is None or one.hits.high is None or one.per_ten_thousand is None:
        return "—"
    return f"{one.per_ten_thousand:.1f} ({one.hits.low * TEN_THOUSAND:.1f}-{one.hits.high * TEN_THOUSAND:.1f})"


def _times(median: float | None, p90: float | None) -> str:
    return "—" if median is None or p90 is None else f"{_span(median)} · {_span(p90)}"


def _span(ms: float) -> str:
    minutes = ms / 60_000
    return f"{minutes:.0f} min" if minutes < 120 else f"{minutes / 60:.1f} h"
