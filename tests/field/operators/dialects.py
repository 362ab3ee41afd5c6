"""Three dialects of call records: a mediation export in Chinese, a data warehouse's table, fields of 3GPP TS 32.298.

| dialect | encoding | times | numbers | lacks |
| --- | --- | --- | --- | --- |
| mediation | GB 18030, commas, a title and a line of totals | 2026-03-09 08:30:15 | national | IMSI |
| warehouse | UTF-8, `|` | 20260309083015 | 86…, 00… abroad | IMEI |
| exchange | UTF-8 with byte order mark, `;` | 260309083015+0800 | +86… | cell |

A call that lasts is written as partial records of half an hour each; a few records are sent twice; a file holds the
records of the calls that ended on its day, in the order of their ends.
"""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from tests.field.operators.identifiers import Ints
from tests.field.operators.records import DAY, MINUTE, SECOND, ArrowColumn
from tests.field.operators.truth import Truth

#: Length of a partial record.
PART = 30 * MINUTE
REPEATED = 0.004  # share of records that mediation sends twice
BEIJING = 8 * 60 * MINUTE
Columns = dict[str, ArrowColumn]


class Records(NamedTuple):
    """Records as columns, one entry a record; a call of several has the same id."""

    calls: pa.Table  # a row a record
    call_id: Ints
    part: Ints  # 1, 2, 3 … of a call
    parts: Ints  # how many the call has
    begin: Ints  # UTC ms; of a further part the end of the one before
    answer: Ints  # UTC ms, 0 without an answer
    end: Ints
    talk: Ints  # ms of this part

    def take(self, rows: Ints) -> "Records":
        """Return some of the records."""
        return Records(self.calls.take(_array(rows)), *(column[rows] for column in self[1:]))


class Dialect(NamedTuple):
    """How a source writes its records."""

    name: str
    columns: Callable[[Records], Columns]
    encoding: str
    delimiter: str
    title: str = ""  # a first line, with {day}
    totals: str = ""  # a last line, with {rows}
    damaged: int = 0  # records a file whose caller a spreadsheet has shortened


def split_parts(calls: pa.Table) -> Records:
    """Return the records of calls, cut into parts of half an hour."""
    start, ring, talk = (calls[name].to_numpy() for name in ("start", "ring", "talk"))
    parts = np.maximum(1, -(-talk // PART))
    row = np.repeat(np.arange(calls.num_rows), parts)
    part = np.arange(len(row)) - np.repeat(np.cumsum(parts) - parts, parts) + 1
    answered = (start + ring)[row] + (part - 1) * PART
    length = np.minimum(talk[row] - (part - 1) * PART, PART)
    begin = np.where(part > 1, answered, start[row])
    answer = np.where(talk[row] > 0, answered, 0)
    return Records(calls.take(_array(row)), row + 1, part, parts[row], begin, answer, answered + length, length)


def write_days(calls: pa.Table, truth: Truth, dialect: Dialect, folder: Path) -> dict[str, int]:
    """Write a file a day and return how many records each holds, those sent twice included."""
    rng = np.random.default_rng([truth.seed, len(dialect.name)])
    records = split_parts(calls)
    day = np.clip((records.end - truth.first_day) // DAY, 0, truth.days - 1)
    written = {}
    for number in range(truth.days):
        rows = np.flatnonzero(day == number)
        rows = rows[np.argsort(records.end[rows], kind="stable")]
        rows = rows[_with_repeats(rng, len(rows))]
        midnight = np.datetime64(truth.first_day + number * DAY + BEIJING, "ms")
        date = np.datetime_as_string(midnight, "D").replace("-", "")
        name = f"cdr_{date}.{'csv' if dialect.delimiter == ',' else 'txt'}"
        (folder / name).write_bytes(_text(records.take(rows), dialect, date).encode(dialect.encoding))
        written[name] = len(rows)
    return written


def _with_repeats(rng: np.random.Generator, count: int) -> Ints:
    """Return the places of `count` records, some of them twice, the second one up to 500 records later."""
    again = np.flatnonzero(rng.random(count) < REPEATED)
    places = np.concatenate([np.arange(count), again])
    order = np.concatenate([np.arange(count, dtype=float), again + rng.uniform(0.5, 500, len(again))])
    return places[np.argsort(order, kind="stable")]


def _text(records: Records, dialect: Dialect, date: str) -> str:
    columns = dialect.columns(records)
    if dialect.damaged:
        columns["主叫号码"] = _shorten(columns["主叫号码"], dialect.damaged)
    lines = pc.binary_join_element_wise(*columns.values(), dialect.delimiter).to_pylist()
    head = [dialect.title.format(day=date)] if dialect.title else []
    tail = [dialect.totals.format(rows=len(lines))] if dialect.totals else []
    return "\r\n".join([*head, dialect.delimiter.join(columns), *lines, *tail, ""])


def _shorten(numbers: ArrowColumn, count: int) -> ArrowColumn:
    """Write some mobile numbers as a spreadsheet does that takes them for numbers."""
    matches: ArrowColumn = pc.match_substring_regex(numbers, r"^1\d{10}$")
    mobiles = matches.to_numpy(zero_copy_only=False)
    places = np.flatnonzero(mobiles)[:: max(1, int(mobiles.sum()) // count)][:count]
    shown = numbers.to_numpy(zero_copy_only=False).astype(object)
    for place in places:
        shown[place] = f"{int(shown[place]):.2E}"
    return pa.array(shown, pa.string())


def format_moments(moments: Ints, form: str) -> ArrowColumn:
    """Format UTC ms as Beijing time; 0 becomes an empty cell."""
    local = _array(moments + BEIJING).cast(pa.timestamp("ms")).cast(pa.timestamp("s"), safe=False)
    return pc.if_else(pa.array(moments > 0), pc.strftime(local, form), "")


def _array(values: ArrowColumn) -> ArrowColumn:
    return pa.array(values)


def format_whole(values: Ints) -> ArrowColumn:
    return _array(values).cast(pa.string())


def _choose(values: Ints, words: dict[int, str]) -> ArrowColumn:
    return pa.array(np.vectorize(words.__getitem__, otypes=[object])(values), pa.string())


def column_of(records: Records, name: str) -> ArrowColumn:
    return records.calls[name].combine_chunks()


def format_national(numbers: ArrowColumn) -> ArrowColumn:
    """Write numbers as dialled at home: mobiles bare, fixed lines with 0 and area, abroad with 00."""
    numbers = pc.replace_substring_regex(numbers, r"^1(\d{3}55501\d\d)$", r"001\1")
    numbers = pc.replace_substring_regex(numbers, r"^86(1[3-9]\d{9})$", r"\1")
    return pc.replace_substring_regex(numbers, r"^86([1-9]\d{4,})$", r"0\1")


def format_international(numbers: ArrowColumn, home: str, abroad: str) -> ArrowColumn:
    """Write E.164 numbers with a prefix at home and abroad; short numbers stay as they are."""
    numbers = pc.replace_substring_regex(numbers, r"^1(\d{3}55501\d\d)$", rf"{abroad}1\1")
    return pc.replace_substring_regex(numbers, r"^86([1-9]\d{4,})$", rf"{home}86\1")


def record_kinds(records: Records, words: dict[str, str], forwarded: str) -> ArrowColumn:
    origin = column_of(records, "origin").to_numpy(zero_copy_only=False)
    is_forwarded = pc.not_equal(column_of(records, "forwarder"), pa.scalar(""))
    return pc.if_else(is_forwarded, forwarded, pa.array(np.vectorize(words.__getitem__)(origin)))


def part_flags(records: Records, single: int, first: int, between: int, last: int) -> Ints:
    """Return the flag of each record: the only one of its call, or the first, one between, the last."""
    among = np.where(records.part == 1, first, np.where(records.part == records.parts, last, between))
    return np.where(records.parts == 1, single, among)


def release_causes(records: Records) -> Ints:
    """Return release causes of ITU-T Q.850: 16 normal, 17 busy, 19 no answer."""
    ring = column_of(records, "ring").to_numpy()
    return np.where(records.talk > 0, 16, np.where(ring < 2 * SECOND, 17, np.where(ring > 25 * SECOND, 19, 16)))


def mediation(records: Records) -> Columns:
    """Return the columns of a mediation system's export with Chinese headers; it has no IMSI."""
    kinds = {"mobile": "主叫话单", "interconnect": "入关口局话单", "international": "入关口局话单", "line": "汇接话单"}
    return {
        "话单序号": pc.binary_join_element_wise(
            "ME", format_whole(2_000_000_000 + records.call_id * 64 + records.part), ""
        ),
        "话单类型": record_kinds(records, kinds, "前转话单"),
        "主叫号码": format_national(column_of(records, "caller")),
        "被叫号码": format_national(column_of(records, "callee")),
        "第三方号码": format_national(column_of(records, "forwarder")),
        "主叫IMEI": column_of(records, "imei"),
        "小区": column_of(records, "cell"),
        "入中继群": column_of(records, "trunk"),
        "起始时间": format_moments(records.begin, "%Y-%m-%d %H:%M:%S"),
        "应答时间": format_moments(records.answer, "%Y-%m-%d %H:%M:%S"),
        "结束时间": format_moments(records.end, "%Y-%m-%d %H:%M:%S"),
        "通话时长(秒)": format_whole(records.talk // SECOND),
        "释放原因": format_whole(release_causes(records)),
        "部分话单标志": format_whole(part_flags(records, 0, 1, 2, 3)),
    }


def warehouse(records: Records) -> Columns:
    """Return the columns of a data warehouse's table of calls; it has no IMEI."""
    kinds = {"mobile": "MOC", "interconnect": "GWI", "international": "GWI", "line": "PBX"}
    area = pc.list_element(pc.split_pattern(column_of(records, "cell"), "-"), 0)
    return {
        "CDR_ID": format_whole(7_700_000_000 + records.call_id * 64 + records.part),
        "CDR_TYPE": record_kinds(records, kinds, "CFW"),
        "CALLING_PARTY": format_international(column_of(records, "caller"), "", "00"),
        "CALLED_PARTY": format_international(column_of(records, "callee"), "", "00"),
        "ORG_CALLED": format_international(column_of(records, "forwarder"), "", "00"),
        "IMSI": column_of(records, "imsi"),
        "LAC": area,
        "CELL_ID": column_of(records, "cell"),
        "TRUNK_IN": column_of(records, "trunk"),
        "BEGIN_DATE": format_moments(records.begin, "%Y%m%d%H%M%S"),
        "ANS_DATE": format_moments(records.answer, "%Y%m%d%H%M%S"),
        "END_DATE": format_moments(records.end, "%Y%m%d%H%M%S"),
        "CALL_DUR": format_whole(records.talk // SECOND),
        "REL_CAUSE": format_whole(release_causes(records)),
        "PART_FLAG": format_whole(part_flags(records, 1, 2, 3, 5)),
    }


def exchange(records: Records) -> Columns:
    """Return fields of 3GPP TS 32.298 §5.1.2 as an exchange's records are decoded to text; it has no cell."""
    kinds = {"mobile": "moCallRecord", "interconnect": "incGatewayRecord"}
    kinds |= {"international": "incGatewayRecord", "line": "transitCallRecord"}
    unsuccessful = np.where(records.talk == 0, 3, np.where(records.part < records.parts, 1, 0))
    return {
        "recordType": record_kinds(records, kinds, "moCallForwardingRecord"),
        "callReference": format_whole(0x40000000 + records.call_id),
        "sequenceNumber": pc.if_else(pa.array(records.parts > 1), format_whole(records.part), ""),
        "servedIMSI": column_of(records, "imsi"),
        "servedIMEI": column_of(records, "imei"),
        "callingNumber": format_international(column_of(records, "caller"), "+", "+"),
        "calledNumber": format_international(column_of(records, "callee"), "+", "+"),
        "originalCalledNumber": format_international(column_of(records, "forwarder"), "+", "+"),
        "mscIncomingTKGP": column_of(records, "trunk"),
        "seizureTime": format_moments(records.begin, "%y%m%d%H%M%S+0800"),
        "answerTime": format_moments(records.answer, "%y%m%d%H%M%S+0800"),
        "releaseTime": format_moments(records.end, "%y%m%d%H%M%S+0800"),
        "callDuration": format_whole(records.talk // SECOND),
        "causeForTerm": _choose(unsuccessful, {0: "normalRelease", 1: "partialRecord", 3: "unsuccessfulCallAttempt"}),
        "diagnostics": format_whole(release_causes(records)),
    }


DIALECTS = {
    dialect.name: dialect
    for dialect in (
        Dialect("mediation", mediation, "gb18030", ",", "某市分公司语音话单 {day}", "合计,{rows}", damaged=4),
        Dialect("warehouse", warehouse, "utf-8", "|"),
        Dialect("exchange", exchange, "utf-8-sig", ";"),
    )
}
