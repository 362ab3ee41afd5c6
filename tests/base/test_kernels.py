"""Compiled kernels compute what Python would, and their cache is another one when any kernel source changes."""

import gc
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from fanzha.base import kernels


def sum_of_squares(values: NDArray[np.int64]) -> int:
    total = 0
    for value in values:
        total += value * value
    return total


def test_a_compiled_function_computes_what_python_does() -> None:
    values = np.arange(1_000, dtype=np.int64)
    assert kernels.compiled(sum_of_squares)(values) == sum_of_squares(values) == 332_833_500


def test_a_kernel_divides_by_zero_as_numpy_does() -> None:
    def ratio(top: float, bottom: float) -> float:
        return top / bottom

    assert np.isinf(kernels.compiled(ratio)(1.0, 0.0))


def folder_for(package: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(kernels, "_PACKAGE", package)
    return kernels._cache_folder()


def test_the_cache_folder_follows_every_kernel_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = tmp_path / "kernel.py"
    kernel.write_text("from fanzha.base.kernels import compiled\n")
    first = folder_for(tmp_path, monkeypatch)
    kernel.write_text("from fanzha.base.kernels import compiled  # changed\n")
    assert folder_for(tmp_path, monkeypatch) != first


def test_the_cache_folder_ignores_sources_without_kernels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = folder_for(tmp_path, monkeypatch)
    (tmp_path / "plain.py").write_text("VALUE = 1\n")
    assert folder_for(tmp_path, monkeypatch) == first


def test_the_cache_lies_in_the_users_cache_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert Path(kernels._cache_folder()).parent == tmp_path / "fanzha"


@kernels.compiled
def square(value: int) -> int:
    return value * value


@kernels.compiled
def sum_of_two_squares(one: int, other: int) -> int:
    return square(one) + square(other) + square(0)


def test_the_function_behind_a_kernel_calls_the_functions_behind_others() -> None:
    assert kernels.interpreted(sum_of_two_squares)(1 << 40, 3) == (1 << 80) + 9


def test_a_kernel_is_compiled_once_for_literal_arguments_and_variables() -> None:
    assert sum_of_two_squares(2, 3) == 13
    # none where the cache of compiled functions has the caller
    assert len(square.inner().signatures) <= 1  # type: ignore[attr-defined]


def test_rows_are_left_to_the_interpreter_until_there_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernels, "INTERPRETED_ROWS", 100)
    budget = kernels.RowBudget()
    assert [budget.is_worth_compiling(40) for _ in range(3)] == [False, False, True]


def test_whoever_watches_is_told_of_each_kernel_once_and_the_collector_goes_on() -> None:
    def cube(value: float) -> float:
        return value * value * value

    reports: list[int] = []
    with kernels.watch_compilation(reports.append):
        kernels.compiled(cube)(2.0)
    kernels.compiled(cube)(2.0)
    assert len(reports) <= 1  # none when it lies in the cache
    assert gc.isenabled()


def test_importing_the_module_does_not_load_numba() -> None:
    code = "import sys, fanzha.base.kernels; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
