"""Read files of resolvers, texts and visits as columns: number, host and moment; each broken row gets a reason.

A file is CSV or TSV with a header, JSON Lines (one object a line), both also compressed by gzip, or Parquet. A log that
has addresses of clients instead of numbers is read by address. Texts are split into the hosts that they name. What a
row holds besides is never read into a column.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Literal, NamedTuple

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as compute
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq
from numpy.typing import NDArray

from fanzha.base.words import Words
from fanzha.read import UnreadableSource, detect_encoding, find_header, parse_moments

pc: Any = compute

#: Headers of each column, in the field's words.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "number": (
        "number", "msisdn", "phone", "phone_number", "recipient", "calling_station_id", "user_number", "subscriber",
        "号码", "手机号", "手机号码", "用户号码", "电话号码", "接收号码", "接收方", "被叫号码",
    ),
    "address": (
        "address", "client", "client_ip", "client_address", "client_addr", "clientip", "source_ip", "src_ip", "ip",
        "framed_ip_address", "framedipaddress", "ip_address",
        "客户端地址", "客户端IP", "用户IP", "用户地址", "源地址", "源IP", "IP地址", "分配地址",
    ),
    "time": (
        "time", "timestamp", "query_time", "date", "datetime", "occurred_at", "received_at", "visited_at",
        "时间", "访问时间", "查询时间", "解析时间", "接收时间", "发送时间",
    ),
    "host": (
        "host", "domain", "qname", "query_name", "query", "name", "fqdn", "url", "link",
        "域名", "访问域名", "查询域名", "网址", "链接", "网站",
    ),
    "text": ("text", "content", "message", "body", "短信内容", "内容", "正文"),
}  # fmt: skip
_BLOCK_BYTES = 8 * 2**20
_JSON_LINES = 50_000
_SAMPLE_BYTES = 2**16
#: A file unpacks to so much at most; a longer line than a block ends the file with a reason.
MOST_BYTES = 64 * 2**30
_DELIMITERS = ",\t;|"
_PARQUET = b"PAR1"
_ADDRESS = r"^[0-9A-Fa-f:.]{2,45}$"
_NUMBER = r"^\s*\+?[\d(][\d ()\-]{1,30}$"
_HOST = r"^[^\s\x00-\x20,;<>\"'\x{FFFD}]{1,1000}$"
_HOST_IN_TEXT = r"^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+$"
_NOT_HOST = r"[^A-Za-z0-9._\-]+"
_NO_COLUMN = Words(
    "缺少列：须有号码（或客户端地址）、时间，以及域名（或网址、短信内容）之一；文件有：{there}",
    "columns are missing: number or address of the client, time, and host, link or text are needed. "
    "The file has: {there}",
)
_OTHER_SOURCE = Words(
    "文件内容与依据的数据类型不符：短信须有内容列，其他须有域名或网址列",
    "the file is not what the basis is for: texts have a column of text, other sources one of hosts or links",
)
_NO_HEADER = Words("文件没有表头或没有数据行", "the file has no header or no row")
_NOT_TEXT = Words("不是文本文件", "it is no text file")
_TOO_BIG = Words("解压后过大", "it unpacks to too much")
_BROKEN_FILE = Words("文件中断或已损坏：{why}", "the file is cut off or broken: {why}")


#: Returns the header of each wanted column among the headers of a file, or raises UnreadableSource.
ColumnChoice = Callable[[list[str]], dict[str, str]]


class TimeSpan(NamedTuple):
    """The moments that a basis allows, UTC ms: first included, last included."""

    first: int
    last: int


class ExposureLogBatch(NamedTuple):
    """Usable rows as columns, how many rows were read, and how many were rejected by reason.

    `times` are UTC ms. A text that names several hosts is several rows, one that names none is no row. `numbers` are
    addresses of clients if `has_addresses`.
    """

    numbers: pa.Array[Any]
    hosts: pa.Array[Any]
    times: NDArray[np.int64]
    read: int
    rejects: Counter[str]
    has_addresses: bool = False


def read_log(path: Path, span: TimeSpan, zone: str, *, are_texts: bool) -> Iterator[ExposureLogBatch]:
    """Yield the rows of a file in bounded memory; times without a zone are local to `zone`.

    Words that people wrote are read only if `are_texts`, and nothing else then. Raise UnreadableSource.
    """
    for columns, broken in read_columns(path, partial(_choose_columns, are_texts=are_texts)):
        yield _convert(columns, broken, span, zone)


def read_columns(path: Path, choose: ColumnChoice) -> Iterator[tuple[dict[str, Any], int]]:
    """Yield the chosen columns of a file as text, and how many rows are broken. Raise UnreadableSource.

    `choose` returns the header of each wanted column among those of the file.
    """
    try:
        if _is_parquet(path):
            yield from _read_parquet(path, choose)
            return
        with _open(path) as file:
            sample = file.peek(_SAMPLE_BYTES)[:_SAMPLE_BYTES]
            text = _TextStream(file, _encoding(sample))
            is_json = sample.lstrip(codecs.BOM_UTF8 + b" \t\r\n").startswith(b"{")
            yield from _read_json(text, choose) if is_json else _read_table(text, choose)
    except (pa.ArrowException, gzip.BadGzipFile, EOFError, zlib.error) as error:
        why = str(error).splitlines()[0][:120] if str(error) else type(error).__name__
        raise UnreadableSource(_BROKEN_FILE.format(why=why)) from None


def _is_parquet(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_PARQUET)) == _PARQUET


def _read_parquet(path: Path, choose: ColumnChoice) -> Iterator[tuple[dict[str, Any], int]]:
    """Yield the chosen columns of a Parquet file as text; times with a zone in UTC, others as they are."""
    with pq.ParquetFile(path) as file:
        groups = file.metadata
        if sum(groups.row_group(number).total_byte_size for number in range(groups.num_row_groups)) > MOST_BYTES:
            raise UnreadableSource(_TOO_BIG)
        chosen = choose([name for name in file.schema_arrow.names if "." not in name])
        for batch in file.iter_batches(_JSON_LINES, columns=list(chosen.values())):
            yield {column: _as_text(batch.column(name)) for column, name in chosen.items()}, 0


def _as_text(column: Any) -> Any:
    if pa.types.is_timestamp(column.type) and column.type.tz is not None:
        column = column.cast(pa.timestamp(column.type.unit, "UTC"))
    return pc.fill_null(column.cast(pa.string()), "")


class _TextStream(io.RawIOBase):
    """A file as UTF-8, whatever its encoding; bytes that are no text become U+FFFD."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        self._file, self._decoder = file, codecs.getincrementaldecoder(encoding)("replace")
        self._rest, self._count = b"", 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            chunk = self._file.read(2**20)
            self._count += len(chunk)
            if self._count > MOST_BYTES:
                raise UnreadableSource(_TOO_BIG)
            self._rest = self._decoder.decode(chunk, not chunk).encode()
            if not chunk and not self._rest:
                return 0
        count = min(len(buffer), len(self._rest))
        buffer[:count], self._rest = self._rest[:count], self._rest[count:]
        return count


def _open(path: Path) -> io.BufferedReader:
    with path.open("rb") as file:
        is_gzip = file.read(2) == b"\x1f\x8b"
    opened: Any = gzip.open(path, "rb") if is_gzip else path.open("rb")  # noqa: SIM115 (closed with the buffer)
    return io.BufferedReader(opened, _SAMPLE_BYTES)


def _encoding(sample: bytes) -> str:
    if not sample:
        raise UnreadableSource(_NO_HEADER)
    name = detect_encoding(sample)
    if not name:
        raise UnreadableSource(_NOT_TEXT)
    return "utf-8-sig" if name in ("ascii", "utf-8", "utf-8-sig") else name


def _read_table(text: _TextStream, choose: ColumnChoice) -> Iterator[tuple[dict[str, Any], int]]:
    """Yield the columns of a table as text, and how many rows are broken."""
    buffered = io.BufferedReader(text, _SAMPLE_BYTES)
    head = buffered.peek(_SAMPLE_BYTES).split(b"\n", 1)[0].decode("utf-8", "replace").strip()
    delimiter = max(_DELIMITERS, key=head.count)
    names = next(csv.reader([head], delimiter=delimiter), [])
    chosen = choose(names)
    broken = 0

    def skip_row(_row: object) -> Literal["skip"]:
        nonlocal broken
        broken += 1
        return "skip"

    reader = arrow_csv.open_csv(
        buffered,
        read_options=arrow_csv.ReadOptions(block_size=_BLOCK_BYTES, use_threads=False, column_names=names, skip_rows=1),
        parse_options=arrow_csv.ParseOptions(delimiter=delimiter, invalid_row_handler=skip_row),
        convert_options=arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(chosen.values(), pa.string()), include_columns=list(chosen.values())
        ),
    )
    for batch in reader:
        columns = {column: batch.column(list(chosen.values()).index(name)) for column, name in chosen.items()}
        yield columns, broken
        broken = 0
    if broken:
        yield {column: pa.array([], pa.string()) for column in chosen}, broken


def _read_json(text: _TextStream, choose: ColumnChoice) -> Iterator[tuple[dict[str, Any], int]]:
    """Yield the columns of JSON Lines as text, and how many lines are no object."""
    lines: Any = io.BufferedReader(text, 2**20)
    decoder, chosen = msgspec.json.Decoder(dict[str, Any]), dict[str, str]()
    while block := [line for line in islice(_short_lines(lines), _JSON_LINES) if not line.isspace()]:
        rows, broken = list[dict[str, Any]](), 0
        for line in block:
            try:
                rows.append(decoder.decode(line))
            except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
                broken += 1
        if rows and not chosen:
            chosen = choose(list(rows[0]))
        yield {column: _texts(rows, name) for column, name in chosen.items()}, broken


def _short_lines(file: BinaryIO) -> Iterator[bytes]:
    while line := file.readline(_BLOCK_BYTES):
        yield line


def _texts(rows: list[dict[str, Any]], name: str) -> pa.Array[Any]:
    values = (row.get(name) for row in rows)
    return pa.array([str(value) if isinstance(value, str | int | float) else "" for value in values], pa.string())


def _choose_columns(names: list[str], are_texts: bool) -> dict[str, str]:
    """Return the header of each column that may be read. Raise UnreadableSource if one is missing.

    Addresses are read only where the file has no numbers.
    """
    found = {column: header for column, aliases in COLUMNS.items() if (header := find_header(names, aliases))}
    if "number" in found or are_texts:
        found.pop("address", None)
    has_subject = bool(found.keys() & {"number", "address"})
    if not has_subject or "time" not in found or not found.keys() & {"host", "text"}:
        raise UnreadableSource(_NO_COLUMN.format(there=", ".join(name[:30] for name in names[:20])))
    wanted, other = ("text", "host") if are_texts else ("host", "text")
    if wanted not in found:
        raise UnreadableSource(_OTHER_SOURCE)
    found.pop(other, None)
    return found


def _convert(columns: Mapping[str, Any], broken: int, span: TimeSpan, zone: str) -> ExposureLogBatch:
    """Check the cells of each row; the first that is wrong gives the reason."""
    rejects = Counter({"broken": broken} if broken else {})
    subject, pattern = ("number", _NUMBER) if "number" in columns else ("address", _ADDRESS)
    count = len(columns["time"]) if columns else 0
    if not count:
        empty = pa.array([], pa.string())
        return ExposureLogBatch(empty, empty, np.array([], np.int64), broken, rejects)
    moments = parse_moments(pa.chunked_array([columns["time"]]), zone)
    reasons = np.full(count, "", "U7")
    for reason, is_wrong in (
        ("late", moments.times > span.last),
        ("early", moments.times < span.first),
        ("time", ~moments.valid),
        *((("host", ~_matches(columns["host"], _HOST)),) if "host" in columns else ()),
        (subject, ~_matches(columns[subject], pattern)),
    ):
        reasons[is_wrong] = reason
    rejects.update(Counter(reasons[reasons != ""].tolist()))
    usable = pa.array(reasons == "")
    numbers, times = columns[subject].filter(usable), moments.times[reasons == ""]
    if "host" in columns:
        hosts, is_by_address = columns["host"].filter(usable), subject == "address"
        return ExposureLogBatch(numbers, hosts, times, count + broken, rejects, is_by_address)
    rows, hosts = _hosts_in_texts(columns["text"].filter(usable))
    return ExposureLogBatch(numbers.take(rows), hosts, times[rows.to_numpy()], count + broken, rejects)


def _matches(column: pa.Array[Any], pattern: str) -> NDArray[np.bool_]:
    matched: NDArray[np.bool_] = pc.fill_null(pc.match_substring_regex(column, pattern), False).to_numpy(
        zero_copy_only=False
    )
    return matched


def _hosts_in_texts(texts: pa.Array[Any]) -> tuple[pa.Array[Any], pa.Array[Any]]:
    """Return the row and the host of each name with a dot in the texts."""
    words = pc.split_pattern_regex(pc.fill_null(texts, ""), _NOT_HOST)
    rows, hosts = pc.list_parent_indices(words), pc.utf8_trim(pc.list_flatten(words), ".-")
    is_host = pc.match_substring_regex(hosts, _HOST_IN_TEXT)
    return rows.filter(is_host), hosts.filter(is_host)
