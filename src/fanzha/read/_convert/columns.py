"""One column of ours out of the source's columns: which way of reading fits its type, and what goes wrong."""

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.base.words import Words
from fanzha.events import Column
from fanzha.kinds.phone_number import normalise_many
from fanzha.read._arrow import Column as ArrowColumn
from fanzha.read._arrow import compute as pc
from fanzha.read._convert.facts import fact_cells
from fanzha.read._convert.text import Cells, mask, name_cells, tidy, word_cells
from fanzha.read._convert.times import moment_cells, span_cells
from fanzha.read._convert.values import listed_cells, number_cells, yes_no_cells
from fanzha.read._convert.zone import Zone, skew_ms
from fanzha.read._map.column_map import ColumnMap, Take

PLAIN_IDENTITY = Words(
    "身份证件号码不得明文进入；请先以带密钥的哈希替换",
    "an identity number in clear; replace it by its keyed hash first",
)

NOT_A_NUMBER = Words("不是号码", "not a telephone number")
_TEXTS = ("sms", "port_sms", "mms")


def is_moment(column: Column) -> bool:
    """Return whether a column holds moments: `…_at`, in milliseconds."""
    return column.unit == "ms" and column.name.endswith("_at")


def read_cells(column: Column, take: Take, given: dict[str, ArrowColumn], map_: ColumnMap) -> Cells:
    """Read one of our columns from the columns of the source that the map names."""
    if pa.types.is_map(column.type):
        return fact_cells({name: given[name] for name in take.names}, column.type)
    raw = given[take.names[0]] if len(take.names) == 1 else _joined(take, given)
    if is_moment(column):
        return moment_cells(raw, take.format, Zone(map_.time.zone), skew_ms(map_.time.skew))
    if column.unit == "ms":
        return _within(span_cells(raw, take.unit), column)
    if column.values:
        return listed_cells(raw, column.values, dict(column.words) | take.values)
    if pa.types.is_boolean(column.type):
        return yes_no_cells(raw, take.values)
    if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
        return number_cells(raw, column.type, column.low, column.high)
    if column.content:
        return word_cells(raw)
    cells = name_cells(raw)
    if column.kind == "phone_number":
        return Cells(e164(cells.values), cells.problems + (_no_numbers(cells) if _are_texts(column, map_) else ()))
    return _pseudonym(cells) if column.kind == "person" else cells


def e164(numbers: ArrowColumn) -> ArrowColumn:
    """Return numbers in their canonical form, so that sources agree; what is no number stays as written."""
    canonical = normalise_many(numbers.cast(pa.string()))
    return pc.coalesce(pa.concat_arrays(canonical.chunks).cast(numbers.type), numbers)


def _are_texts(column: Column, map_: ColumnMap) -> bool:
    """Texts go to numbers; calls of a softswitch, chats and mail also go to names."""
    other = {"channel", "conversation", "turn"} & map_.columns.keys() or map_.direction is not None
    plain = map_.table == "message" and column.name == "recipient" and not other
    return plain and map_.constants.get("channel", "sms") in _TEXTS


def _no_numbers(cells: Cells) -> tuple[tuple[NDArray[np.bool_], Words], ...]:
    found = mask(pc.invert(pc.match_substring_regex(cells.values, r"[0-9@*]")))
    return ((found, NOT_A_NUMBER),) if found.any() else ()


def _pseudonym(cells: Cells) -> Cells:
    """Identity numbers themselves are refused: only their keyed hashes may come in."""
    plain = mask(pc.match_substring_regex(cells.values, r"^\d{17}[\dXx]$|^\d{15}$"))
    return Cells(cells.values, (*cells.problems, (plain, PLAIN_IDENTITY))) if plain.any() else cells


def _joined(take: Take, given: dict[str, ArrowColumn]) -> ArrowColumn:
    parts: list[Any] = [pc.fill_null(tidy(given[name]), "") for name in take.names]
    return pc.binary_join_element_wise(*parts, pa.scalar(" ", pa.large_string()))


def _within(cells: Cells, column: Column) -> Cells:
    numbers = number_cells(cells.values, column.type, column.low, column.high)
    return Cells(numbers.values, cells.problems + numbers.problems)
