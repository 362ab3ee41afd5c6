"""Who had an address at a time: the operator's own tables, by which logs that name addresses only are read.

The tables are files of the folder `exposure-addresses/BASIS` of the state folder (sessions of RADIUS, leases of DHCP or
of an address translator), put there for one basis and read only with a file on that basis. Only addresses with a hit
are looked up. An address that nobody held, or that several had at that moment, is counted and never guessed. A session
without an end lasts until the next one at its address, at most `MOST_OPEN_MS`: its end may have been lost.
"""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.compute as compute

from fanzha.base.words import Words
from fanzha.command.exposures.log_files import ADDRESS_FOLDER
from fanzha.command.exposures.log_rows import COLUMNS as LOG_COLUMNS
from fanzha.command.exposures.log_rows import read_columns
from fanzha.kinds.phone_number import normalise_many
from fanzha.read import UnreadableSource, find_header, parse_moments
from fanzha.store.state_folder import state_folder

pc: Any = compute

MOST_OPEN_MS = 86_400_000
#: Reasons for which a hit of an address is nobody's.
NOBODY, SEVERAL = "nobody", "several"
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "address": LOG_COLUMNS["address"],
    "number": LOG_COLUMNS["number"],
    "begin": (
        "from", "begin", "start", "start_time", "begin_time", "since", "session_start", "lease_start", "valid_from",
        "acctstarttime", "开始时间", "起始时间", "上线时间", "分配时间",
    ),
    "end": (
        "until", "end", "stop", "stop_time", "end_time", "to", "session_end", "lease_end", "valid_until",
        "acctstoptime", "结束时间", "终止时间", "下线时间", "释放时间",
    ),
}  # fmt: skip
_TYPES: dict[str, pa.DataType] = {
    "address": pa.string(),
    "number": pa.string(),
    "begin": pa.int64(),
    "end": pa.int64(),
}
_SCHEMA = pa.schema(_TYPES)
_NO_TABLE = Words(
    "文件只有客户端地址，等待地址与用户对应表；请放入状态目录 exposure-addresses/{basis}",
    "the file has addresses of clients only and waits for the tables of who had them: put these into "
    "exposure-addresses/{basis} of the state folder",
)
_BEHIND = Words(
    "等待地址与用户对应表更新：表中最晚的记录早于文件中的访问",
    "it waits for later tables of who had an address: their last entry is before visits of the file",
)
_NO_COLUMN = Words(
    "{file}：缺少列：须有地址、号码、开始时间和结束时间；文件有：{there}",
    "{file}: columns are missing: address, number, from and until are needed. The file has: {there}",
)
#: A session without an end has a null end.
_CLOSE = """
SELECT address, number, begin, coalesce(
    "end", least(begin + {most}, lead(begin, 1, begin + {most}) OVER (PARTITION BY address ORDER BY begin))
) AS "end" FROM sessions
"""
_HOLDERS = """
SELECT hits.row, min(held.number) AS number, count(DISTINCT held.number) AS holders
FROM hits JOIN held ON held.address = hits.address AND hits.at >= held.begin AND hits.at < held."end"
GROUP BY hits.row
"""


class MissingTable(Exception):
    """Addresses cannot be looked up yet, for the reason in `words`."""

    def __init__(self, words: Words) -> None:
        super().__init__(words.en)
        self.words = words


class HolderMatches(NamedTuple):
    """For each hit the number of its only holder, "" without one, and how many have none by reason."""

    numbers: pa.Array[Any]
    rejects: Counter[str]


def table_folder(basis: str) -> Path:
    """Return the folder of the tables of a basis (a ref), which may not exist."""
    return state_folder() / ADDRESS_FOLDER / basis


class AddressHolders:
    """The tables of one basis; they are read when the first hit of an address asks for them.

    `may_be_behind`: visits after the last entry of the tables are nobody's; otherwise they wait for later tables. The
    last entry is the last begin, or the last end that is not after `now` (UTC ms): leases end in the future.
    """

    def __init__(self, basis: str, zone: str, now: int, *, may_be_behind: bool = False) -> None:
        self._basis, self._zone, self._now, self._may_be_behind = basis, zone, now, may_be_behind
        self._held: pa.Table | None = None
        self._last_at = 0

    def check(self) -> None:
        """Raise MissingTable if there is no table, UnreadableSource if the file waits for it no more."""
        if not self._files():
            if self._may_be_behind:
                raise UnreadableSource(_NO_TABLE.format(basis=self._basis))
            raise MissingTable(_NO_TABLE.format(basis=self._basis))

    def find(self, addresses: pa.Array[Any], times: pa.Array[Any]) -> HolderMatches:
        """Return who had each address at its time (UTC ms).

        Raise UnreadableSource if a table cannot be read, MissingTable if the tables end before a visit.
        """
        if self._held is None:
            self._held = self._load()
        if len(times) and not self._may_be_behind and pc.max(times).as_py() > self._last_at:
            raise MissingTable(_BEHIND)
        rows = pa.array(range(len(addresses)), pa.int64())
        hits = pa.table({"row": rows, "address": canonical_addresses(addresses), "at": times})
        with duckdb.connect(config={"threads": 2}) as database:
            database.register("hits", hits)
            database.register("held", self._held)
            found = database.sql(_HOLDERS).to_arrow_table()
        numbers = [""] * len(addresses)
        rejects: Counter[str] = Counter()
        for row, number, holders in zip(*(found[name].to_pylist() for name in found.column_names), strict=True):
            if holders == 1:
                numbers[row] = number
            else:
                rejects[SEVERAL] += 1
        rejects[NOBODY] = len(addresses) - found.num_rows
        return HolderMatches(pa.array(numbers, pa.string()), +rejects)

    def _load(self) -> pa.Table:
        """Return the sessions with their ends, and note the last moment that an entry was made."""
        sessions = pa.concat_tables(self._read_tables())
        ends = sessions["end"].filter(pc.less_equal(sessions["end"], self._now))
        moments = [pc.max(column).as_py() for column in (sessions["begin"], ends)]
        self._last_at = max((moment for moment in moments if moment is not None), default=0)
        with duckdb.connect(config={"threads": 2}) as database:
            database.register("sessions", sessions)
            held: pa.Table = database.sql(_CLOSE.format(most=MOST_OPEN_MS)).to_arrow_table()
        return held

    def _files(self) -> list[Path]:
        folder = table_folder(self._basis)
        entries = sorted(folder.iterdir()) if folder.is_dir() else []
        return [path for path in entries if path.is_file() and not path.is_symlink() and not path.name.startswith(".")]

    def _read_tables(self) -> Iterator[pa.Table]:
        yield _SCHEMA.empty_table()
        for path in self._files():
            for columns, _broken in read_columns(path, partial(_choose, file=path.name)):
                if columns:
                    yield self._convert(columns)

    def _convert(self, columns: Mapping[str, Any]) -> pa.Table:
        """Return the usable rows; the end of a session without one is null."""
        begin = parse_moments(pa.chunked_array([columns["begin"]]), self._zone)
        end = parse_moments(pa.chunked_array([columns["end"]]), self._zone)
        is_open = pc.equal(pc.utf8_trim_whitespace(columns["end"]), "")
        written = pc.utf8_trim_whitespace(columns["number"])
        table = pa.table(
            {
                "address": canonical_addresses(columns["address"]),
                "number": pc.coalesce(normalise_many(written), written),
                "begin": pa.array(begin.times, pa.int64()),
                "end": pa.array(end.times, pa.int64(), mask=is_open.to_numpy(zero_copy_only=False)),
            },
            _SCHEMA,
        )
        usable = pc.and_(pa.array(begin.valid), pc.or_(is_open, pa.array(end.valid)))
        return table.filter(pc.and_(usable, pc.not_equal(table["address"], "")))


def canonical_addresses(addresses: pa.Array[Any]) -> pa.Array[Any]:
    """Return addresses in one spelling each; "" for what is none. An IPv4 address in IPv6 form is the IPv4 address."""
    texts = pc.utf8_trim_whitespace(addresses)
    encoded = pc.dictionary_encode(texts)
    values = pa.array([_canonical(text) for text in encoded.dictionary.to_pylist()], pa.string())
    canonical: pa.Array[Any] = pc.fill_null(values.take(encoded.indices), "")
    return canonical


def _canonical(text: str | None) -> str:
    try:
        address = ipaddress.ip_address(text or "")
    except ValueError:
        return ""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)


def _choose(names: list[str], file: str) -> dict[str, str]:
    found = {column: header for column, aliases in COLUMNS.items() if (header := find_header(names, aliases))}
    if found.keys() != COLUMNS.keys():
        there = ", ".join(name[:30] for name in names[:20])
        raise UnreadableSource(_NO_COLUMN.format(file=file, there=there))
    return found
