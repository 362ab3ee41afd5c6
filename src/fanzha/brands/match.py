"""Match a column of hosts against all brands: Latin names in the kernel, Chinese names by a dictionary."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.base.errors import Malformed
from fanzha.base.lazy_module import lazy_module
from fanzha.brands import _arrays as tables
from fanzha.brands.allowance import shipped_allowance
from fanzha.brands.chinese import ChineseNames
from fanzha.brands.table import Brand, BrandTable, load_shipped_brands
from fanzha.kinds.web.unicode_names import ascii_host, fold_confusables, unicode_host

if TYPE_CHECKING:
    from fanzha.brands._mentions import Mentions

pc = lazy_module("pyarrow.compute")  # untyped: the type stubs lose track in nested calls


@dataclass(frozen=True)
class Matches:
    """The matches of a column of hosts, by row."""

    hosts: "pa.Array[pa.StringScalar]"  # canonical ASCII; invalid hosts are unchanged
    answers: tables.Answers
    brands: tuple[Brand, ...]
    names: tables.NameIndex

    def brand(self, row: int) -> Brand | None:
        """Return the brand a host imitates."""
        number = int(self.answers.brand[row])
        return self.brands[number] if number >= 0 else None

    def owner(self, row: int) -> Brand | None:
        """Return the brand whose own site a host is."""
        number = int(self.answers.owner[row])
        return self.brands[number] if number >= 0 else None

    def key(self, row: int) -> str:
        """Return the folded name that was matched, "" for a whole domain, a number or a Chinese name."""
        key = int(self.answers.key[row])
        if key < 0:
            return ""
        first, last = self.names.key_starts[key : key + 2]
        return bytes(self.names.key_text[first:last]).decode("ascii")

    def rows_above(self, min_strength: float) -> NDArray[np.intp]:
        """Return the rows with a match of at least this strength."""
        return np.flatnonzero((self.answers.brand >= 0) & (self.answers.score >= min_strength))


class Matcher:
    """Matches hosts against all brands; building the indexes takes about 0.1 s, the first use compiles the kernel."""

    def __init__(self, table: BrandTable | None = None, allowed: NDArray[np.uint8] | None = None) -> None:
        from fanzha.brands import _best_match, _kernel, _mentions, _name_index  # numba starts here, not at import

        self.brands = (table or load_shipped_brands()).brands
        self.names = _name_index.build(self.brands, shipped_allowance(self.brands) if allowed is None else allowed)
        self.chinese = ChineseNames(self.brands)
        self._run, self._room, self._best = _kernel.match_hosts, tables.scratch(), _best_match.empty_best()
        self._mention, self._empty_mentions = _mentions.mention_hosts, _mentions.empty_mentions

    def match(self, hosts: "pa.Array[pa.StringScalar]") -> Matches:
        """Match a column of canonical or raw hosts; nulls match nothing."""
        lower: pa.Array[pa.StringScalar] = pc.utf8_lower(pc.fill_null(hosts, ""))
        needs_decoding = pc.or_(pc.invert(pc.string_is_ascii(lower)), pc.match_substring(lower, "xn--"))
        answers = tables.answers(len(hosts))
        rows = np.flatnonzero(needs_decoding.to_numpy(zero_copy_only=False))
        decoded = {int(row): DisguisedName.of(lower[int(row)].as_py()) for row in rows}
        disguised = np.zeros(len(hosts), np.bool_)
        text, starts = buffers(lower)
        if decoded:
            texts = lower.to_pylist()
            for row, name in decoded.items():
                texts[row], disguised[row] = name.looks, name.looks != name.host
            text, starts = buffers(pa.array(texts, pa.string()))
        self._run(text, starts, disguised, self.names, answers, self._room, self._best)
        for row, name in decoded.items():
            self.chinese.answer(row, name.host, name.unicode, answers)
        return Matches(
            _with(lower, {row: name.host for row, name in decoded.items()}), answers, self.brands, self.names
        )

    def mention(self, hosts: "tuple[NDArray[np.uint8], NDArray[np.int64]]") -> "Mentions":
        """Return what hosts mention, as `buffers` gives them (lower-case ASCII); `brands.mentions` reads the answer."""
        found = self._empty_mentions(len(hosts[1]) - 1)
        self._mention(*hosts, self.names, self._room, found)
        return found


@dataclass(frozen=True)
class DisguisedName:
    """A name in other scripts: its ASCII form, its Unicode form, and the Latin letters it looks like."""

    host: str
    unicode: str
    looks: str

    @classmethod
    def of(cls, raw: str) -> "DisguisedName":
        """Return the forms of a raw name; an invalid host keeps its text and looks like nothing."""
        try:
            host = ascii_host(raw)
        except Malformed:
            return cls(raw, raw, "")
        unicode_form = unicode_host(host)
        looks = fold_confusables(unicode_form)
        return cls(host, unicode_form, looks if looks.isascii() else "")


def buffers(hosts: "pa.Array[pa.StringScalar]") -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return a string column as bytes and int64 offsets, copied so that the kernel is compiled for one type."""
    column = hosts.cast(pa.large_string())
    _, offsets, data = column.buffers()
    offset_bytes: Any = offsets  # Arrow buffers give their bytes; the stubs do not say so
    starts = np.frombuffer(offset_bytes, np.int64)[column.offset : column.offset + len(column) + 1].copy()
    text_bytes: Any = data if data is not None and data.size else b"\0"
    return np.frombuffer(text_bytes, np.uint8).copy(), starts


def _with(hosts: "pa.Array[pa.StringScalar]", changed: dict[int, str]) -> "pa.Array[pa.StringScalar]":
    if not changed:
        return hosts
    listed = hosts.to_pylist()
    for row, host in changed.items():
        listed[row] = host
    return pa.array(listed, pa.string())
