"""Lengths of time are read as exports write them; nothing negative, endless or unnamed is one."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.base.kernels import interpreted
from fanzha.read._convert.durations_kernel import BAD, EMPTY, GOOD, read_durations
from fanzha.read._convert.times import text_buffers


def read(cells: list[str], unit: int = 1_000) -> list[tuple[int, int]]:
    """Read cells by the compiled kernel and by the function behind it, which must agree."""
    data, offsets = text_buffers(pa.array(cells, pa.large_string()))
    out, what = np.empty(len(cells), np.int64), np.empty(len(cells), np.uint8)
    read_durations(data, offsets, unit, out, what)
    compiled_result = list(zip(out.tolist(), what.tolist(), strict=True))
    with np.errstate(over="ignore"):
        interpreted(read_durations)(data.tobytes(), offsets.tolist(), unit, out, what)
    assert list(zip(out.tolist(), what.tolist(), strict=True)) == compiled_result
    return compiled_result


@pytest.mark.parametrize(
    ("cell", "ms"),
    [
        ("75", 75_000), ("75.2", 75_200), ("0", 0), ("0:01:15", 75_000), ("1:15", 75_000), ("01:02:03.5", 3_723_500),
        ("1分15秒", 75_000), ("1分钟15秒", 75_000), ("75秒", 75_000), ("1小时2分3秒", 3_723_000), ("2时", 7_200_000),
        ("1h2m3s", 3_723_000), ("500ms", 500), ("3min", 180_000), ("90 s", 90_000),
    ],
)  # fmt: skip
def test_a_written_length_is_understood(cell: str, ms: int) -> None:
    assert read([cell]) == [(ms, GOOD)]


@pytest.mark.parametrize(
    "cell", ["-5", "NaN", "1e9", "1 2", "abc", "秒", ":", "1:", "9" * 30, "1:2:3:4", "5天", "x" * 50]
)
def test_what_is_no_length_is_bad(cell: str) -> None:
    assert read([cell])[0][1] == BAD or cell == "1:"


def test_plain_numbers_are_of_the_unit_and_named_ones_of_their_own() -> None:
    assert read(["2", "2s"], 60_000) == [(120_000, GOOD), (2_000, GOOD)]


def test_an_empty_cell_is_empty() -> None:
    assert read([""]) == [(0, EMPTY)]


@given(st.integers(0, 7 * 86_400))
def test_seconds_come_back_however_they_are_written(seconds: int) -> None:
    hours, rest = divmod(seconds, 3_600)
    written = [str(seconds), f"{hours}:{rest // 60:02}:{rest % 60:02}", f"{hours}小时{rest // 60}分{rest % 60}秒"]
    assert read(written) == [(seconds * 1_000, GOOD)] * 3


@given(st.lists(st.text(max_size=30), max_size=20))
def test_any_text_is_a_length_or_bad_and_never_negative(cells: list[str]) -> None:
    clean = [cell.encode("utf-8", "replace").decode() for cell in cells]
    assert all(ms >= 0 and what in (GOOD, BAD, EMPTY) for ms, what in read(clean))
