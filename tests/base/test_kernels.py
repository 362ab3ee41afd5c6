"""Compiled kernels compute what Python would, and their cache is another one when any kernel source changes."""

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


def test_importing_the_module_does_not_load_numba() -> None:
    code = "import sys, fanzha.base.kernels; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
