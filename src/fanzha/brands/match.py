"""Match a column of hosts against all brands: Latin names in the kernel, Chinese ones by a small dictionary."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute
from numpy.typing import NDArray

from fanzha.base.errors import Malformed
from fanzha.brands import _tables as tables
from fanzha.brands.allowance import shipped_allowance
from fanzha.brands.chinese import ChineseNames
from fanzha.brands.table import Brand, BrandTable, shipped
from fanzha.kinds.web.unicode_names import ascii_host, latin, unicode_host

pc: Any = pyarrow.compute  # the type stubs lose track in nested calls


@dataclass(frozen=True)
class Matches:
    """What a column of hosts imitates, row by row."""

    hosts: "pa.Array[pa.StringScalar]"  # canonical ASCII; what was no host stays as it was
    answers: tables.Answers
    brands: tuple[Brand, ...]
    names: tables.Names

    def brand(self, row: int) -> Brand | None:
        """Return the brand a host imitates."""
        number = int(self.answers.brand[row])
        return self.brands[number] if number >= 0 else None

    def owner(self, row: int) -> Brand | None:
        """Return the brand whose own site a host is."""
        number = int(self.answers.owner[row])
        return self.brands[number] if number >= 0 else None

    def key(self, row: int) -> str:
        """Return the folded name that was met, "" when a whole domain, a number or a Chinese name was."""
        key = int(self.answers.key[row])
        if key < 0:
            return ""
        first, last = self.names.key_starts[key : key + 2]
        return bytes(self.names.key_text[first:last]).decode("ascii")

    def found(self, least: float) -> NDArray[np.intp]:
        """Return the rows whose imitation is at least so strong."""
        return np.flatnonzero((self.answers.brand >= 0) & (self.answers.score >= least))


class Matcher:
    """All brands, indexed; building takes about a tenth of a second, the first use on a machine compiles."""

    def __init__(self, table: BrandTable | None = None, allowed: NDArray[np.uint8] | None = None) -> None:
        from fanzha.brands import _kernel, _keys, _offering  # the kernels: numba starts here, not at import

        self.brands = (table or shipped()).brands
        self.names = _keys.build(self.brands, shipped_allowance(self.brands) if allowed is None else allowed)
        self.chinese = ChineseNames(self.brands)
        self._run, self._room, self._best = _kernel.match_hosts, tables.scratch(), _offering.nothing()

    def match(self, hosts: "pa.Array[pa.StringScalar]") -> Matches:
        """Match hosts (one canonical or raw name a row; nulls match nothing)."""
        plain: pa.Array[pa.StringScalar] = pc.utf8_lower(pc.fill_null(hosts, ""))
        odd = pc.or_(pc.invert(pc.string_is_ascii(plain)), pc.match_substring(plain, "xn--"))
        answers = tables.answers(len(hosts))
        rows = np.flatnonzero(odd.to_numpy(zero_copy_only=False))
        seen = {int(row): Seen.of(plain[int(row)].as_py()) for row in rows}
        disguised = np.zeros(len(hosts), np.bool_)
        text, starts = buffers(plain)
        if seen:
            shown = plain.to_pylist()
            for row, name in seen.items():
                shown[row], disguised[row] = name.looks, name.looks != name.host
            text, starts = buffers(pa.array(shown, pa.string()))
        self._run(text, starts, disguised, self.names, answers, self._room, self._best)
        for row, name in seen.items():
            self.chinese.answer(row, name.host, name.shown, answers)
        return Matches(_with(plain, {row: name.host for row, name in seen.items()}), answers, self.brands, self.names)


@dataclass(frozen=True)
class Seen:
    """A name in other scripts: its ASCII form, as a browser shows it, and as a hurried eye reads it."""

    host: str
    shown: str
    looks: str

    @classmethod
    def of(cls, raw: str) -> "Seen":
        """Return the forms of a raw name; one that is no host keeps its text and looks like nothing."""
        try:
            host = ascii_host(raw)
        except Malformed:
            return cls(raw, raw, "")
        shown = unicode_host(host)
        looks = latin(shown)
        return cls(host, shown, looks if looks.isascii() else "")


def buffers(hosts: "pa.Array[pa.StringScalar]") -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return a string column as bytes and int64 starts, copied so that the kernel has one type to compile for."""
    column = hosts.cast(pa.large_string())
    _, offsets, data = column.buffers()
    begin: Any = offsets  # Arrow buffers give their bytes; the stubs do not say so
    starts = np.frombuffer(begin, np.int64)[column.offset : column.offset + len(column) + 1].copy()
    held: Any = data if data is not None and data.size else b"\0"
    return np.frombuffer(held, np.uint8).copy(), starts


def _with(hosts: "pa.Array[pa.StringScalar]", changed: dict[int, str]) -> "pa.Array[pa.StringScalar]":
    if not changed:
        return hosts
    listed = hosts.to_pylist()
    for row, host in changed.items():
        listed[row] = host
    return pa.array(listed, pa.string())
