"""Files without usable headers: columns told by their values alone."""

from collections.abc import Mapping

from fanzha.events import all_events
from fanzha.read._arrow import Column as ArrowColumn
from fanzha.read._convert.text import tidy
from fanzha.read._convert.times import span_cells
from fanzha.read._map.targets import CALLS
from fanzha.read._propose.values import phone_share, site_share, time_share, wordiness

_ENOUGH = 0.8
_ENOUGH_SITES = 0.6  # nothing else looks like a host; what is none becomes a reject


def by_values(
    names: tuple[str, ...], sample: Mapping[str, ArrowColumn], table: str
) -> tuple[dict[str, tuple[str, float]], str]:
    """Return our column -> (their column, how sure) and the table, or ({}, "") when nothing can be told."""
    kinds: dict[str, list[str]] = {"time": [], "phone": [], "words": [], "site": [], "span": []}
    for name in names:
        if kind := _kind(sample[name]):
            kinds[kind].append(name)
    if kinds["words"] and table in ("", "message"):
        longest = max(kinds["words"], key=lambda name: _length(sample[name]))
        found = {"text": longest} | dict(zip(("sender", "recipient"), kinds["phone"], strict=False))
        return _sure(found, kinds["time"]), "message"
    if kinds["site"] and not kinds["phone"] and table in ("", "site_seen"):
        return _sure({"host": kinds["site"][0]}, kinds["time"]), "site_seen"
    if len(kinds["phone"]) >= 2 and kinds["time"] and table in ("", CALLS):
        found = dict(zip(("caller", "callee"), kinds["phone"], strict=False))
        found |= {"talk_ms": kinds["span"][0]} if kinds["span"] else {}
        return _sure(found, kinds["time"]), CALLS
    if len(names) == 1 and kinds["phone"] and table in ("", "public_report") and "public_report" in all_events():
        return _sure({"target": kinds["phone"][0]}, []), "public_report"
    return {}, ""


def _kind(cells: ArrowColumn) -> str:
    text = tidy(cells)
    if text.null_count > len(text) // 2:
        return ""
    if time_share(cells, "auto") > _ENOUGH and _length(cells) >= 8:
        return "time"
    if phone_share(text) > _ENOUGH:
        return "phone"
    if site_share(text) > _ENOUGH_SITES:
        return "site"
    if wordiness(text) > 0.5:
        return "words"
    spans = span_cells(cells, "s").values
    return "span" if len(spans) and spans.null_count < 0.2 * len(spans) else ""


def _length(cells: ArrowColumn) -> float:
    lengths = [len(cell) for cell in tidy(cells).to_pylist() if cell]
    return sum(lengths) / len(lengths) if lengths else 0.0


def _sure(found: dict[str, str], times: list[str]) -> dict[str, tuple[str, float]]:
    found = found | ({"occurred_at": times[0]} if times else {})
    return {ours: (theirs, 0.5) for ours, theirs in found.items()}
