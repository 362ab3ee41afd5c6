"""Match columns without usable headers by their values and by what they are together."""

import re
from collections.abc import Mapping

import numpy as np

from fanzha.base.words import Words
from fanzha.events import all_events
from fanzha.read._arrow import ArrowColumn
from fanzha.read._arrow import compute as pc
from fanzha.read._convert.text import normalise_text
from fanzha.read._convert.times import parse_durations
from fanzha.read._map.targets import CALLS, target_columns
from fanzha.read._propose.cell_fit import identity_share, phone_share, site_share, text_share, time_share
from fanzha.read._propose.headers import contradicts_column, is_paper
from fanzha.read._propose.moments import arrange_moments

_ENOUGH = 0.8
_ENOUGH_SITES = 0.6  # lower, because no other values look like hosts
_FEWEST = 5  # rows by which serial numbers and codes are recognised
_SERIAL_DIGITS, _SERIAL_STEP = 9, 10
_SOME_IDENTITIES = 0.2
_UNSURE = 0.5
#: Kinds of columns by the shape of their cells, most specific first.
_SHAPES = (
    ("sim", re.compile(r"460\d{12}|89\d{16,18}[0-9A-Fa-f]?")),
    ("device", re.compile(r"(01|35|86|9[189])\d{12,14}")),
    ("cell", re.compile(r"460-\d{2}-[0-9A-Fa-f]+(-[0-9A-Fa-f]+)?")),
)
_CODE = re.compile(r"(?=.*[A-Za-z\x80-\uffff])[^\s,;:/?]{2,40}")

FIRST_IS_CALLER = Words(
    "各列无可用表头，按取值判断：号码列中在前的“{caller}”取作主叫，在后的“{callee}”取作被叫；请核对",
    "the columns have no usable headers and are told by their values: of the columns of numbers the first, {caller!r}, "
    "is taken as the caller, the second, {callee!r}, as the callee; check it",
)

#: Lines of logs, attribute lists and markup: written by machines and not by people.
_MACHINE = re.compile(
    r"\s*(<[^<>]+>|\d{4}-\d\d-\d\d[T ]\d\d:\d\d|[A-Z][a-z]{2} [A-Z][a-z]{2} +\d"
    r"|[A-Za-z][\w-]* ?[=:] ?[^/\s]|\d\d:\d\d:\d\d)"
)
_SHORT_LABEL = 12
_MOST_MESSAGE_TIMES = 2  # as many moments belong to a call
_ADDRESS = re.compile(r"[0-9a-fA-F.:]+")

Matches = dict[str, tuple[str, float]]


def match_by_values(
    names: tuple[str, ...], sample: Mapping[str, ArrowColumn], table: str
) -> tuple[Matches, str, tuple[Words, ...]]:
    """Return event column -> (source column, confidence), the table ("" if none fits), and notes for the operator."""
    kinds: dict[str, list[str]] = {}
    for name in names:
        if kind := _classify_column(name, sample[name]):
            kinds.setdefault(kind, []).append(name)
    phones, times = kinds.get("phone", []), kinds.get("time", [])
    if len(phones) < 2 and kinds.get("serial"):  # a file in order of its numbers
        serials = [name for name in kinds.pop("serial") if phone_share(normalise_text(sample[name])) > _ENOUGH]
        phones = kinds["phone"] = [name for name in names if name in (*phones, *serials)]
    if kinds.get("words") and (table == "message" or (not table and len(times) < _MOST_MESSAGE_TIMES)):
        longest = max(kinds["words"], key=lambda name: _mean_length(sample[name]))
        columns = {"text": longest} | dict(zip(("sender", "recipient"), phones, strict=False)) | _first_time(times)
        return _score_matches(columns, "message"), "message", ()
    if kinds.get("site") and not phones and table in ("", "site_seen") and not _is_addresses(kinds, names, sample):
        return _score_matches({"host": kinds["site"][0]} | _first_time(times), "site_seen"), "site_seen", ()
    if len(phones) >= 2 and times and table in ("", CALLS):
        return _match_calls(kinds, names, sample)
    if len(names) == 1 and phones and table in ("", "public_report") and "public_report" in all_events():
        return _score_matches({"target": phones[0]}, "public_report"), "public_report", ()
    return {}, "", ()


def _match_calls(
    kinds: dict[str, list[str]], names: tuple[str, ...], sample: Mapping[str, ArrowColumn]
) -> tuple[Matches, str, tuple[Words, ...]]:
    columns = dict(zip(("caller", "callee"), kinds["phone"], strict=False)) | _first_time(kinds["time"])
    kind_by_target = {"talk_ms": "span", "trunk": "code", "cell": "cell", "device": "device", "sim_card": "sim"}
    kind_by_target["event_id"] = "serial"
    columns |= {target: kinds[kind][0] for target, kind in kind_by_target.items() if kinds.get(kind)}
    matched = _score_matches(columns, CALLS)
    if not {"caller", "callee", "occurred_at"} <= matched.keys():
        return {}, "", ()
    matched, notes = arrange_moments(matched, [name for name in names if name in kinds["time"]], sample)
    matched = {target: (header, _UNSURE) for target, (header, _) in matched.items()}
    sides = FIRST_IS_CALLER.format(caller=matched["caller"][0], callee=matched["callee"][0])
    return matched, CALLS, (sides, *notes)


def _first_time(times: list[str]) -> dict[str, str]:
    return {"occurred_at": times[0]} if times else {}


def _score_matches(columns: dict[str, str], table: str) -> Matches:
    """Return the matches with a low confidence, without those that their header contradicts."""
    targets = target_columns(table)
    return {
        target: (header, _UNSURE)
        for target, header in columns.items()
        if not contradicts_column(header, targets[target], table)
    }


def _classify_column(name: str, cells: ArrowColumn) -> str:
    """Return what the cells of a column are: time, sim, device, cell, serial, phone, site, words, code, span or ""."""
    text = normalise_text(cells)
    if is_paper(name) or identity_share(text) > _SOME_IDENTITIES:
        return ""
    if time_share(cells, "auto") > _ENOUGH and _mean_length(cells) >= 8:
        return "time"
    if text.null_count > len(text) // 2:
        return ""
    values = [str(cell) for cell in text.drop_null().to_pylist()]
    for kind, shape in _SHAPES:
        if sum(bool(shape.fullmatch(value)) for value in values) > _ENOUGH * len(values):
            return kind
    if _counts_upwards(values):  # short ones may be row numbers
        return "serial" if all(len(value) >= _SERIAL_DIGITS for value in values) else ""
    if phone_share(text) > _ENOUGH:
        return "phone"
    if site_share(text) > _ENOUGH_SITES:
        return "site"
    if _is_code(values):
        return "code"
    if text_share(text) > 0.5:
        return "" if _is_machine_text(values) else "words"
    return "span" if _is_span(cells, text) else ""


def _is_machine_text(values: list[str]) -> bool:
    """Return whether the cells are lines of a log, markup, or a few short labels, rather than what people write."""
    if sum(bool(_MACHINE.match(value)) for value in values) > 0.5 * len(values):
        return True
    is_repeated = len(values) >= _FEWEST and len(set(values)) <= max(2, len(values) // 3)
    return is_repeated and all(value.isascii() and len(value) < _SHORT_LABEL for value in values)


def _is_addresses(kinds: dict[str, list[str]], names: tuple[str, ...], sample: Mapping[str, ArrowColumn]) -> bool:
    """Return whether the sites beside other columns are addresses of machines only, as in records of calls."""
    cells = normalise_text(sample[kinds["site"][0]]).drop_null().to_pylist()
    return len(names) > 2 and all(_ADDRESS.fullmatch(str(cell)) for cell in cells)


def _counts_upwards(values: list[str]) -> bool:
    """Return whether the cells are different whole numbers that count upwards, nearly by one."""
    if len(values) < _FEWEST or len(set(values)) < len(values):
        return False
    if not all(value.isascii() and value.isdigit() for value in values):
        return False
    steps = np.diff(np.array([float(value) for value in values]))
    return float((steps > 0).mean()) > 0.95 and float(np.median(steps)) <= _SERIAL_STEP


def _is_code(values: list[str]) -> bool:
    """Return whether the cells are few distinct short codes, such as the names of trunks."""
    distinct = set(values)
    if len(values) < _FEWEST or len(distinct) > max(2, len(values) // 3):
        return False
    return sum(bool(_CODE.fullmatch(value)) for value in values) > _ENOUGH * len(values)


def _is_span(cells: ArrowColumn, text: ArrowColumn) -> bool:
    """Return whether the cells are durations. Many small numbers below ten are flags."""
    spans = parse_durations(cells, "s").values
    if not len(spans) or spans.null_count >= 0.2 * len(spans):
        return False
    return len(text) < 20 or bool((pc.max(spans).as_py() or 0) >= 10_000)


def _mean_length(cells: ArrowColumn) -> float:
    lengths = [len(cell) for cell in normalise_text(cells).to_pylist() if cell]
    return sum(lengths) / len(lengths) if lengths else 0.0
