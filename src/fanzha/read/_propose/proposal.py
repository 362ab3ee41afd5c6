"""Propose a column map: choose the event table and match source columns to its columns."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from fanzha.base.words import Words
from fanzha.events import CALL_FACTS, all_events, source_events
from fanzha.read._arrow import ArrowColumn
from fanzha.read._arrow import compute as pc
from fanzha.read._convert.text import normalise_text, to_text
from fanzha.read._map.column_map import ColumnMap, FileLayout
from fanzha.read._map.targets import CALLS, target_columns
from fanzha.read._propose.cell_fit import TIME_FORMATS, identity_share, is_clock, score_cells, shorten_cells, time_share
from fanzha.read._propose.completion import GUESSED_ORDER, complete_map
from fanzha.read._propose.headers import (
    OWN,
    column_names,
    contradicts_column,
    fold_header,
    is_paper,
    names_joining,
    score_header,
    strip_shared_prefix,
)
from fanzha.read._propose.moments import arrange_moments
from fanzha.read._propose.value_match import match_by_values

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
MAX_COLUMNS = 256  # of a table for which a map is proposed, because each header is compared with those of all tables
_LEAST = 0.35  # minimum product of header score and cell score


NO_SIDE = {
    side: Words(
        f"没有找到{zh}一列，与{zh}有关的检测不会报告；请在 [columns] 中写明 {side}",
        f"no column is known as the {side}: detectors that need it stay silent; name it under [columns]",
    )
    for side, zh in (("sender", "发送方"), ("recipient", "接收方"), ("caller", "主叫"), ("callee", "被叫"))
}
#: Tables -> their two sides; a side that no column fills is named in a note.
_SIDES = {"message": ("sender", "recipient"), CALLS: ("caller", "callee"), "call_offered": ("caller", "callee")}


TOO_MANY_COLUMNS = Words(
    "有 {count} 列；超过 {most} 列时不推断映射，须自行编写",
    "it has {count} columns: no map is proposed for more than {most}, write one",
)
READ_AS_CALLS = Words(
    "各行是一次通话，其列不止属于 {table}，故按 calls 读取，主叫、被叫、中继等列不丢失",
    "each row is one call and holds columns that {table} has not: read as calls, so that caller, callee, trunk and "
    "the others are kept",
)
REPEATED_ID = Words(
    "“{name}”像话单序号，但同一序号下内容不同，未用作编号",
    "{name!r} looks like a serial number, yet rows with the same one differ: not used as an id",
)
NO_FIT = Words(
    "“{name}”的表头指{target}，但取值不符，未映射",
    "the header {name!r} names {target}, but its cells hold something else: left out",
)
UNREAD_MOMENT = Words(
    "“{name}”的表头指呼叫时间，但写法无法识别，不会以读取时刻代替；请在 [columns] 中写明该列及其 format（strptime）",
    "the header {name!r} names the time of the call, written in a way that is not known; the moment of the run does "
    "not stand for it: name the column under [columns] with its format (a strptime pattern)",
)
IDENTITIES = Words(
    "“{name}”是明文身份证件号码，不会作为电话号码读取；用户资料请以带密钥的哈希替换证件号码后按 registration 读取",
    "{name!r} holds identity numbers in clear, which are never read as telephone numbers; of a list of subscribers "
    "replace them by keyed hashes and read it as registration",
)
_FEW_IDENTITIES = 0.2
_MIN_KEY = 0.99  # distinct serial numbers per distinct record


@dataclass(frozen=True)
class MapProposal:
    """A proposed map, with its confidence and notes. `map` is None if no table matches."""

    map: ColumnMap | None
    confidence: dict[str, float] = field(default_factory=dict)  # event column -> 0-1
    unused: tuple[str, ...] = ()  # source columns without a match
    notes: tuple[Words, ...] = ()
    is_table_doubtful: bool = False  # the rows may be texts as well as calls


def propose(
    names: tuple[str, ...], sample: Sample, table: str = "", layout: FileLayout | None = None, about: str = ""
) -> MapProposal:
    """Return the best map for columns with these names and sample cells.

    `table` restricts the choice to one table. `about` is the text above the header and the file name.
    """
    if len(names) > MAX_COLUMNS:
        return MapProposal(None, unused=names, notes=(TOO_MANY_COLUMNS.format(count=len(names), most=MAX_COLUMNS),))
    layout = layout or FileLayout()
    sample = {name: shorten_cells(cells) for name, cells in sample.items()}
    best_table, matched, notes = _choose_table(names, sample, table)
    identities = tuple(IDENTITIES.format(name=name) for name in names if _has_identities(name, sample))
    notes += identities
    if not best_table or (best_table == "registration" and identities and not table):
        return MapProposal(None, unused=names, notes=notes)
    if best_table in (CALLS, *CALL_FACTS):
        matched, key_note = _check_id(matched, names, sample)
        notes += key_note
    matched = _prefer_billed_seconds(best_table, matched, names)
    matched |= _find_any_moment(best_table, matched, names, sample)
    map_, completion_notes = complete_map(
        best_table, {target: header for target, (header, _) in matched.items()}, names, sample, layout
    )
    map_, ingress_notes = add_ingress(map_, about)
    ingress_notes += tuple(NO_SIDE[side] for side in _SIDES.get(map_.table, ()) if side not in map_.columns)
    if unread := _find_unread_moment(map_, names, sample):
        return MapProposal(None, unused=names, notes=(*notes, UNREAD_MOMENT.format(name=unread)))
    used = {name for target in map_.columns if (source := map_.column_source(target)) for name in source.names}
    used |= {map_.direction.from_} if map_.direction else set()
    unused = tuple(name for name in names if name not in used)
    return MapProposal(
        map_,
        {
            target: min(confidence, _IN_DOUBT) if _is_in_doubt(header, names, sample, completion_notes) else confidence
            for target, (header, confidence) in matched.items()
            if target in map_.columns
        },
        unused,
        (*notes, *_list_misfits(map_, unused), *completion_notes, *ingress_notes),
        not table and map_.table == CALLS and _may_be_texts(map_, names, about),
    )


def _choose_table(
    names: tuple[str, ...], sample: Sample, table: str
) -> tuple[str, dict[str, tuple[str, float]], tuple[Words, ...]]:
    """Return the table that fits best ("" for none), its matched columns and notes for the operator."""
    if table in CALL_FACTS:
        calls, matched, notes = _choose_table(names, sample, CALLS)
        if calls and not matched.keys() <= target_columns(table).keys():
            return CALLS, matched, (*notes, READ_AS_CALLS.format(table=table))
    candidates = [table] if table else [CALLS, *(name for name in source_events() if name not in CALL_FACTS)]
    best: tuple[float, str, dict[str, tuple[str, float]], tuple[Words, ...]] = (0.0, "", {}, ())
    for candidate in candidates:
        matched, notes = match_columns(candidate, names, sample), tuple[Words, ...]()
        if candidate == CALLS:
            matched, notes = arrange_moments(matched, names, sample)
        if (
            is_sufficient(candidate, matched, is_requested=bool(table))
            and (weight := _score_table(candidate, matched)) > best[0]
        ):
            best = (weight, candidate, matched, notes)
    if best[1]:
        return best[1:]
    matched, best_table, notes = match_by_values(names, sample, table)
    return best_table, matched, notes


_IN_DOUBT = 0.5  # confidence of a column whose header stands over another column too, or whose dates are ambiguous
_NUMBERED = re.compile(r"_\d+$")


def _is_in_doubt(header: str, names: tuple[str, ...], sample: Sample, notes: tuple[Words, ...]) -> bool:
    guesses = (GUESSED_ORDER.format(name=header, order=order) for order in TIME_FORMATS)
    return any(guess in notes for guess in guesses) or _stands_twice(header, names, sample)


def _stands_twice(header: str, names: tuple[str, ...], sample: Sample) -> bool:
    """Return whether the file has the header twice, over cells that differ; the second one got a number."""
    first = next((name for name in (_NUMBERED.sub("", header), header) if name in names), header)
    same = [name for name in names if name in (first, header) or re.fullmatch(rf"{re.escape(first)}_\d+", name)]
    rows = [to_text(sample[name]).to_pylist() for name in same]
    return len(same) > 1 and any(row != rows[0] and any(row) for row in rows[1:])


#: Columns that only calls have, and headers of sides that calls and texts share.
_OF_CALLS = (
    "talk_ms", "total_ms", "ring_ms", "answered", "answered_at", "ended_at", "trunk", "release_cause", "released_by",
    "original_callee", "diversion",
)  # fmt: skip
_SHARED_SIDES = ("from", "to", "src", "dst", "source", "destination", "srcaddr", "dstaddr", "sender", "recipient")
_TEXTS = re.compile(r"sms|短信|彩信|messag|\bmsg|submit|smsc|下发|提交状态", re.IGNORECASE)


def _may_be_texts(map_: ColumnMap, names: tuple[str, ...], about: str) -> bool:
    """Return whether rows taken for calls may be texts: nothing in them is of calls only, and headers fit both."""
    if any(name in map_.columns for name in _OF_CALLS) or map_.direction is not None:
        return False
    sides = [source for side in _SIDES[CALLS] if (source := map_.column_source(side))]
    is_shared = all(fold_header(name) in _SHARED_SIDES for source in sides for name in source.names)
    return is_shared or any(_TEXTS.search(name) for name in (*names, about.rpartition("\n")[2]))


def _prefer_billed_seconds(
    table: str, matched: dict[str, tuple[str, float]], names: tuple[str, ...]
) -> dict[str, tuple[str, float]]:
    """Return the match with billsec as talk time and duration as the whole time, where a file has both."""
    header, confidence = matched.get("talk_ms", ("", 0.0))
    billed = next((name for name in names if fold_header(name) in ("billsec", "billmsec")), "")
    if table != CALLS or not billed or fold_header(header) != "duration":
        return matched
    return matched | {"talk_ms": (billed, confidence), "total_ms": matched.get("total_ms", (header, confidence))}


def _find_any_moment(
    table: str, matched: Mapping[str, tuple[str, float]], names: tuple[str, ...], sample: Sample
) -> dict[str, tuple[str, float]]:
    """Return the first unused column of moments, if none is matched: to be asked about, not replaced by the run's."""
    moments = {"occurred_at", "answered_at", "ended_at"}
    if table not in (CALLS, *CALL_FACTS, "message") or any(
        target in moments and normalise_text(sample[header]).null_count < len(sample[header])
        for target, (header, _) in matched.items()
    ):
        return {}
    used = {header for target, (header, _) in matched.items() if target not in moments}
    if _find_named_moment(table, names, sample):  # in a form that is not known
        return {}
    for name in names:
        text = normalise_text(sample[name])
        has_signs = pc.match_substring_regex(text, r"\d[-/:年]\d")
        if name in used or names_joining(name) or not pc.all(has_signs, skip_nulls=True, min_count=1).as_py():
            continue
        if max(time_share(sample[name], format_) for format_ in TIME_FORMATS) == 1.0 and not is_clock(text):
            return {"occurred_at": (name, _IN_DOUBT)}
    return {}


def _find_unread_moment(map_: ColumnMap, names: tuple[str, ...], sample: Sample) -> str:
    """Return the header that is exactly one of the time of a call, if its cells are not times and nothing else is."""
    if map_.table not in (CALLS, *CALL_FACTS) or {"occurred_at", "answered_at", "ended_at"} & map_.columns.keys():
        return ""
    return _find_named_moment(map_.table, names, sample)


def _find_named_moment(table: str, names: tuple[str, ...], sample: Sample) -> str:
    """Return the first header that is exactly one of the time of the event, over cells that are not all empty."""
    headers, shown = column_names(table)["occurred_at"], strip_shared_prefix(names)
    return next(
        (
            name
            for name in names
            if fold_header(shown[name]) in headers and normalise_text(sample[name]).is_valid().sum()
        ),
        "",
    )


def _has_identities(name: str, sample: Sample) -> bool:
    return identity_share(normalise_text(sample[name])) > _FEW_IDENTITIES and not (
        is_paper(name) and "哈希" in fold_header(name)
    )


def _check_id(
    matched: dict[str, tuple[str, float]], names: tuple[str, ...], sample: Sample
) -> tuple[dict[str, tuple[str, float]], tuple[Words, ...]]:
    """Remove a serial number that does not identify a record: rows that share it must be equal.

    One that counts the rows of the file from 1 is removed too: it says nothing of another export of the same records.
    """
    header, _ = matched.get("event_id", ("", 0.0))
    if not header:
        return matched, ()
    cells = {name: to_text(sample[name]).to_pylist() for name in names}
    rest = {target: match for target, match in matched.items() if target != "event_id"}
    serials = [cell for cell in cells[header] if cell]
    if serials and serials == [str(number) for number in range(1, len(serials) + 1)]:
        return rest, ()
    records = set(zip(*cells.values(), strict=True))
    if len(serials) == len(cells[header]) and len(set(serials)) >= _MIN_KEY * len(records):
        return matched, ()
    return rest, (REPEATED_ID.format(name=header),)


def _list_misfits(map_: ColumnMap, unused: tuple[str, ...]) -> tuple[Words, ...]:
    """Return notes on unused columns whose header is exactly that of an event column which nothing fills."""
    shown, targets = strip_shared_prefix(unused), target_columns(map_.table)
    return tuple(
        NO_FIT.format(name=name, target=target)
        for name in unused
        for target, headers in column_names(map_.table).items()
        if fold_header(shown[name]) in headers and target not in (*map_.columns, "event_id") and targets[target]
    )


def match_columns(table: str, names: tuple[str, ...], sample: Sample) -> dict[str, tuple[str, float]]:
    """Return event column -> (source column, confidence). Each source column is used once, in order of confidence."""
    columns, names_by_column = target_columns(table), column_names(table)
    shown = strip_shared_prefix(names)
    scored = []
    for order, (target, column) in enumerate(columns.items()):
        for header in names:
            score = score_header(shown[header], names_by_column[target])
            if score < 1 and (target == "event_id" or contradicts_column(header, column, table)):
                continue
            fit = score_cells(column, sample[header], header) if score > 0 else 0.0
            if score > 0 and (confidence := score * _weigh_fit(fit, is_exact=score == 1)) >= _LEAST:
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
    shown = strip_shared_prefix(names)
    own_header = next((name for name in names if name not in used and fold_header(shown[name]) in headers), None)
    if own_header is None or other_side not in matched:
        return {}
    score = score_cells(target_columns(table)[side], sample[own_header], own_header)
    return {side: (own_header, round(_OWN_LIKENESS * _weigh_fit(score), 3))} if score > _OWN_LIKENESS else {}


def _weigh_fit(fit: float, *, is_exact: bool = False) -> float:
    """Return the weight of a header match for a cell score. An exact header holds if any cell fits it."""
    return 0.0 if fit < (1e-9 if is_exact else 0.2) else 0.4 + 0.6 * fit


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
