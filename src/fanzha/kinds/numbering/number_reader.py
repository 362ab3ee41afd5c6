"""Classify one number with the compiled rules, five times as fast as `classify`.

Place and operator are omitted: a screening request does not need them.
"""

from collections.abc import Callable
from functools import cache, lru_cache
from types import FunctionType
from typing import Any, NamedTuple, cast

import numba as untyped_numba
import numpy as np
from numba import extending
from numba.core import cgutils as untyped_cgutils
from numpy.typing import NDArray

from fanzha.base.kernels import compiled, entry_point
from fanzha.kinds.numbering.columns import FOREIGN_PLAN, UNDECIDED, classify_foreign_text, compiled_rules, read_row
from fanzha.kinds.numbering.facts import NumberFacts, classify
from fanzha.kinds.numbering.plan import plan
from fanzha.kinds.numbering.plan_rules import Tables
from fanzha.kinds.numbering.terms import CLASSES, REASONS, VALIDITIES

LONGEST = 64  # maximum bytes that the compiled rules read

numba: Any = untyped_numba
cgutils: Any = untyped_cgutils
carray = numba.carray
_MAX_CANONICAL_BYTES = LONGEST + 4  # bytes of a canonical value: a country code and plus before the digits
_DIRECTORY = 21  # addresses of the nine tables, their sizes, addresses of the three buffers
_HALF, _LOWER = 32, (1 << 32) - 1
_LENGTH_AT, _BELOW_LENGTH = 16, (1 << 16) - 1


class NumberCodes(NamedTuple):
    """Result for a screening request; the codes are indices into the tuples of fanzha.kinds.numbering.terms."""

    number_class: int
    validity: int
    reason: int
    canonical: str  # "" if it is not a number
    region: str  # ISO 3166 alpha-2; "" if it is not a number of any country


def _pointer_intrinsic(_context: Any, address: Any) -> Any:
    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], cgutils.voidptr_t)

    return numba.types.voidptr(address), generate


_intrinsic: Any = extending.intrinsic
_memory_at: Any = _intrinsic(_pointer_intrinsic)


def read_texts(texts: bytes, split: int, address: int) -> int:
    """Run `read_row` for two texts, the second from `split` on. `address` points to the directory of buffers.

    One call with few arguments, because the call takes as long as the work. The result has the first text in its lower
    half and the second in its upper half: outcome (2 bits), class (4), validity (2), reason (8) and the length of the
    canonical value, 0 if it equals the text.
    """
    directory = carray(_memory_at(address), _DIRECTORY, np.int64)
    tables = Tables(
        carray(_memory_at(directory[0]), directory[9], np.uint16),
        carray(_memory_at(directory[1]), (directory[10], 21), np.uint8),
        carray(_memory_at(directory[2]), (directory[11], 6), np.uint8),
        carray(_memory_at(directory[3]), directory[12], np.uint16),
        carray(_memory_at(directory[4]), directory[13], np.uint8),
        carray(_memory_at(directory[5]), directory[14], np.uint16),
        carray(_memory_at(directory[6]), directory[15], np.uint16),
        carray(_memory_at(directory[7]), directory[16], np.uint16),
        carray(_memory_at(directory[8]), directory[17], np.uint8),
    )
    digits = carray(_memory_at(directory[18]), LONGEST, np.uint8)
    codes = carray(_memory_at(directory[19]), 6, np.uint16)
    written = carray(_memory_at(directory[20]), 2 * _MAX_CANONICAL_BYTES, np.uint8)
    packed, begin, end = 0, 0, split
    for half in range(2):
        first = half * _MAX_CANONICAL_BYTES
        outcome, stop = read_row(texts, begin, end, tables, digits, codes, written, first)  # type: ignore[arg-type]
        length, same = stop - first, 0
        if length == end - begin:
            while same < length and texts[begin + same] == written[first + same]:
                same += 1
        if same == length:
            length = 0
        half_result = outcome | int(codes[0]) << 2 | int(codes[1]) << 6 | int(codes[2]) << 8 | length << _LENGTH_AT
        packed |= half_result << _HALF * half
        begin, end = split, len(texts)
    return packed


class _DecodedNumber(NamedTuple):
    """Decoded result of `read_texts` without the length."""

    outcome: int
    number_class: int
    validity: int
    reason: int
    region: str


class _Reader:
    """The compiled rules with their buffers; not thread-safe."""

    def __init__(self) -> None:
        tables = [np.ascontiguousarray(table) for table in plan().tables]
        written = np.zeros(2 * _MAX_CANONICAL_BYTES, np.uint8)
        buffers: list[NDArray[Any]] = [np.zeros(LONGEST, np.uint8), np.zeros(6, np.uint16), written]
        addresses = [array.ctypes.data for array in (*tables, *buffers)]
        sizes = [table.shape[0] for table in tables]
        self._directory = np.array([*addresses[: len(tables)], *sizes, *addresses[len(tables) :]], np.int64)
        self._buffers = tables, buffers  # addresses point here
        self._pair: tuple[tuple[str, NumberCodes], ...] = ()  # read last; rules ask for the class of the same numbers
        self._address, self._written = self._directory.ctypes.data, memoryview(written.data)
        self._decoded: dict[
            int, _DecodedNumber
        ] = {}  # cache by packed result without the length: a few hundred entries
        kernel_globals = {**read_texts.__globals__, "read_row": compiled_rules()["read_row"]}
        kernel = compiled(FunctionType(read_texts.__code__, kernel_globals, "read_texts"))
        self._read = cast(Callable[[bytes, int, int], int], entry_point(kernel))

    def read(self, raw: str) -> NumberCodes:
        for text_read, codes in self._pair:
            if raw == text_read:
                return codes
        text = raw.encode(errors="replace")
        return self._decode(raw, self._read(text, len(text), self._address) & _LOWER, 0)

    def read_two(self, first: str, second: str) -> tuple[NumberCodes, NumberCodes]:
        texts, split = (first + second).encode(errors="replace"), len(first)
        if len(texts) != split + len(second):  # not ASCII: byte and character offsets differ
            return self.read(first), self.read(second)
        packed = self._read(texts, split, self._address)
        one = self._decode(first, packed & _LOWER, 0)
        other = self._decode(second, packed >> _HALF, _MAX_CANONICAL_BYTES)
        self._pair = (first, one), (second, other)
        return one, other

    def _decode(self, raw: str, packed: int, offset: int) -> NumberCodes:
        decoded = self._decoded.get(packed & _BELOW_LENGTH) or self._decode_codes(packed & _BELOW_LENGTH)
        outcome, number_class, validity, reason, region = decoded
        if outcome == UNDECIDED:
            return _to_codes(classify(raw))
        length = packed >> _LENGTH_AT
        written = str(self._written[offset : offset + length], "ascii") if length else raw
        if outcome == FOREIGN_PLAN:
            return _read_foreign(written)
        return tuple.__new__(
            NumberCodes, (number_class, validity, reason, written, region)
        )  # twice as fast as NumberCodes(…)

    def _decode_codes(self, packed: int) -> _DecodedNumber:
        number_class = packed >> 2 & 15
        region = "" if number_class in _NO_NUMBER else "CN"
        return self._decoded.setdefault(
            packed, _DecodedNumber(packed & 3, number_class, packed >> 6 & 3, packed >> 8, region)
        )


_NO_NUMBER = (CLASSES.index("invalid"), CLASSES.index("disguised"))
_CLASS, _VALIDITY, _REASON = ({member: n for n, member in enumerate(every)} for every in (CLASSES, VALIDITIES, REASONS))


def _to_codes(facts: NumberFacts) -> NumberCodes:
    return NumberCodes(
        _CLASS[facts.number_class], _VALIDITY[facts.valid], _REASON[facts.reason], facts.canonical, facts.region
    )


@lru_cache(maxsize=65_536)
def _read_foreign(written: str) -> NumberCodes:
    """Look up a number of another country; cached, because callers repeat."""
    return _to_codes(classify_foreign_text(written))


@cache
def _reader() -> _Reader:
    return _Reader()


def read_number(raw: str) -> NumberCodes:
    """Classify a written number as `classify` does; accepts any text."""
    return _reader().read(raw)


def read_number_pair(first: str, second: str) -> tuple[NumberCodes, NumberCodes]:
    """Classify two written numbers in one call, which is faster than two calls."""
    return _reader().read_two(first, second)
