"""Propose a column map: choose the event table and match source columns to its columns."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from fanzha.base.words import Words
from fanzha.events import CALL_FACTS, all_events
from fanzha.read._arrow import ArrowColumn
from fanzha.read._convert.text import normalise_text
from fanzha.read._convert.times import parse_durations
from fanzha.read._map.column_map import ColumnMap, FileLayout
from fanzha.read._map.targets import CALLS, target_columns
from fanzha.read._propose.cell_fit import phone_share, score_cells, site_share, text_share, time_share
from fanzha.read._propose.completion import complete_map
from fanzha.read._propose.headers import OWN, column_names, contradicts_column, fold_header, score_header

_ENOUGH = 0.8
_ENOUGH_SITES = 0.6  # lower, because no other values look like hosts


def match_by_values(
    names: tuple[str, ...], sample: Mapping[str, ArrowColumn], table: str
) -> tuple[dict[str, tuple[str, float]], str]:
    """Match columns without usable headers by their values.

    Return event column -> (source column, confidence) and the table, or ({}, "").
    """
    kinds: dict[str, list[str]] = {"time": [], "phone": [], "words": [], "site": [], "span": []}
    for name in names:
        if kind := _classify_column(sample[name]):
            kinds[kind].append(name)
    if kinds["words"] and table in ("", "message"):
        longest = max(kinds["words"], key=lambda name: _mean_length(sample[name]))
        columns = {"text": longest} | dict(zip(("sender", "recipient"), kinds["phone"], strict=False))
        return _score_matches(columns, kinds["time"]), "message"
    if kinds["site"] and not kinds["phone"] and table in ("", "site_seen"):
        return _score_matches({"host": kinds["site"][0]}, kinds["time"]), "site_seen"
    if len(kinds["phone"]) >= 2 and kinds["time"] and table in ("", CALLS):
        columns = dict(zip(("caller", "callee"), kinds["phone"], strict=False))
        columns |= {"talk_ms": kinds["span"][0]} if kinds["span"] else {}
        return _score_matches(columns, kinds["time"]), CALLS
    if len(names) == 1 and kinds["phone"] and table in ("", "public_report") and "public_report" in all_events():
        return _score_matches({"target": kinds["phone"][0]}, []), "public_report"
    return {}, ""


def _classify_column(cells: ArrowColumn) -> str:
    text = normalise_text(cells)
    if text.null_count > len(text) // 2:
        return ""
    if time_share(cells, "auto") > _ENOUGH and _mean_length(cells) >= 8:
        return "time"
    if phone_share(text) > _ENOUGH:
        return "phone"
    if site_share(text) > _ENOUGH_SITES:
        return "site"
    if text_share(text) > 0.5:
        return "words"
    spans = parse_durations(cells, "s").values
    return "span" if len(spans) and spans.null_count < 0.2 * len(spans) else ""


def _mean_length(cells: ArrowColumn) -> float:
    lengths = [len(cell) for cell in normalise_text(cells).to_pylist() if cell]
    return sum(lengths) / len(lengths) if lengths else 0.0


def _score_matches(columns: dict[str, str], times: list[str]) -> dict[str, tuple[str, float]]:
    columns = columns | ({"occurred_at": times[0]} if times else {})
    return {target: (header, 0.5) for target, header in columns.items()}


Sample = Mapping[str, ArrowColumn]

#: Groups of columns; a table needs a column of each group. Other tables need their required columns and two more.
_NEEDS: dict[str, tuple[tuple[str, ...], ...]] = {
    CALLS: (("caller", "callee"), ("occurred_at", "talk_ms", "call_id", "trunk", "ended_at", "answered_at")),
    "message": (("text",),),
    "site_seen": (("host", "url"),),
}
#: The column filled by the subscriber's own number, if the second column is matched.
_OWN_IS = {
    CALLS: ("caller", "callee"),
    "message": ("recipient", "text"),
}  # (column of the own number, column that must be matched)
_OWN_LIKENESS = 0.6
_LEAST = 0.35  # minimum product of header score and cell score


NO_SIDE = {
    side: Words(
        f"没有找到{zh}一列，与{zh}有关的检测不会报告；请在 [columns] 中写明 {side}",
        f"no column is known as the {side}: detectors that need it stay silent; name it under [columns]",
    )
    for side, zh in (("sender", "发送方"), ("recipient", "接收方"))
}


@dataclass(frozen=True)
class MapProposal:
    """A proposed map, with its confidence and notes. `map` is None if no table matches."""

    map: ColumnMap | None
    confidence: dict[str, float] = field(default_factory=dict)  # event column -> 0-1
    unused: tuple[str, ...] = ()  # source columns without a match
    notes: tuple[Words, ...] = ()


def propose(
    names: tuple[str, ...], sample: Sample, table: str = "", layout: FileLayout | None = None, about: str = ""
) -> MapProposal:
    """Return the best map for columns with these names and sample cells.

    `table` restricts the choice to one table. `about` is the text above the header and the file name.
    """
    layout = layout or FileLayout()
    candidates = [table] if table else [CALLS, *(name for name in all_events() if name not in CALL_FACTS)]
    best: tuple[float, str, dict[str, tuple[str, float]]] = (0.0, "", {})
    for candidate in candidates:
        matched = match_columns(candidate, names, sample)
        if (
            is_sufficient(candidate, matched, is_requested=bool(table))
            and (weight := _score_table(candidate, matched)) > best[0]
        ):
            best = (weight, candidate, matched)
    _, best_table, matched = best
    if not best_table:
        matched, best_table = match_by_values(names, sample, table)
    if not best_table:
        return MapProposal(None, unused=names)
    map_, notes = complete_map(
        best_table, {target: header for target, (header, _) in matched.items()}, names, sample, layout
    )
    map_, ingress_notes = add_ingress(map_, about)
    ingress_notes += tuple(NO_SIDE[side] for side in NO_SIDE if map_.table == "message" and side not in map_.columns)
    used = {name for target in map_.columns if (source := map_.column_source(target)) for name in source.names}
    used |= {map_.direction.from_} if map_.direction else set()
    unused = tuple(name for name in names if name not in used)
    return MapProposal(
        map_,
        {target: confidence for target, (_, confidence) in matched.items() if target in map_.columns},
        unused,
        (*notes, *ingress_notes),
    )


def match_columns(table: str, names: tuple[str, ...], sample: Sample) -> dict[str, tuple[str, float]]:
    """Return event column -> (source column, confidence). Each source column is used once, in order of confidence."""
    columns, names_by_column = target_columns(table), column_names(table)
    scored = []
    for order, (target, column) in enumerate(columns.items()):
        for header in names:
            score = score_header(header, names_by_column[target])
            if score < 1 and contradicts_column(header, column, table):
                continue
            if score > 0 and (confidence := score * _weigh_fit(score_cells(column, sample[header], header))) >= _LEAST:
                scored.append((-confidence, -score, order, names.index(header), target, header))
    matched: dict[str, tuple[str, float]] = {}
    used: set[str] = set()
    for negative_score, _, _, _, target, header in sorted(scored):
        if target not in matched and header not in used:
            matched[target] = (header, round(-negative_score, 3))
            used.add(header)
    return _match_own_number(table, names, sample, matched) | matched


def _match_own_number(
    table: str, names: tuple[str, ...], sample: Sample, matched: Mapping[str, tuple[str, float]]
) -> dict[str, tuple[str, float]]:
    """Match a column of the subscriber's own number, such as 手机号码 or 计费号码, to a side of the call or text."""
    side, other_side = _OWN_IS.get(table, ("", ""))
    headers, used = {fold_header(name) for name in OWN}, {header for header, _ in matched.values()}
    own_header = next((name for name in names if name not in used and fold_header(name) in headers), None)
    if own_header is None or other_side not in matched:
        return {}
    score = score_cells(target_columns(table)[side], sample[own_header], own_header)
    return {side: (own_header, round(_OWN_LIKENESS * _weigh_fit(score), 3))} if score > _OWN_LIKENESS else {}


def _weigh_fit(fit: float) -> float:
    """Return the weight of a header match for a cell score."""
    return 0.0 if fit < 0.2 else 0.4 + 0.6 * fit


def is_sufficient(table: str, matched: Mapping[str, object], *, is_requested: bool = False) -> bool:
    """Return whether the matched columns suffice for a table. `is_requested`: the caller named the table."""
    if table in _NEEDS:
        return all(any(target in matched for target in group) for group in _NEEDS[table])
    own_columns = {column.name: column for column in all_events()[table].own}
    required = {name for name, column in own_columns.items() if column.required and name != "call_id"}
    minimum = 1 if is_requested else min(3, len(own_columns))
    return required <= set(matched) and len(set(own_columns) & set(matched)) >= minimum


def _score_table(table: str, matched: dict[str, tuple[str, float]]) -> float:
    columns = target_columns(table)
    needed = {name for group in _NEEDS.get(table, ()) for name in group}
    return sum(
        confidence * (4.0 if columns[target].content else 2.0 if columns[target].required or target in needed else 1.0)
        for target, (_, confidence) in matched.items()
    )


_GATEWAY = re.compile(r"国际(关口局|出入口|来话|局|入局)|境外来(话|电)|\bigw\b|international.?gateway", re.IGNORECASE)

INGRESS_FROM_TITLE = Words(
    "文件名或标题写明国际关口局，按国际来话处理；不对请改 constants.ingress",
    "the file's name or title names the international gateway, so its calls are taken as from abroad; "
    "if they are not, change constants.ingress",
)
UNKNOWN_INGRESS = Words(
    "来话入口未知，与入口有关的检测不会报告；请在 [constants] 写 ingress，或用 values 翻译中继",
    "where the calls came in is not known, so detectors that need it stay silent; "
    "write ingress under [constants], or translate the trunks by `values`",
)


def add_ingress(map_: ColumnMap, about: str) -> tuple[ColumnMap, tuple[Words, ...]]:
    """Return the map with a constant ingress if the title or file name has one, and notes for the operator."""
    if map_.table not in (CALLS, "call_offered") or "ingress" in map_.columns:
        return map_, ()
    if _GATEWAY.search(about):
        constants = {**map_.constants, "ingress": "international_gateway"}
        return msgspec.structs.replace(map_, constants=constants), (INGRESS_FROM_TITLE,)
    return map_, (UNKNOWN_INGRESS,)
