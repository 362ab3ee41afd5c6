"""The cache of compiled functions: damaged files are compiled anew, and a disk that cannot be written stops nothing."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

KERNEL = """
import numpy as np
from fanzha.base.kernels import compiled

@compiled
def total(values):
    result = 0
    for value in values:
        result += value
    return result
"""
RUN = """
import kernel_module, numpy as np
from fanzha.base.kernels import watch_compilation
compiled = []
with watch_compilation(compiled.append):
    print(kernel_module.total(np.arange(5)), len(compiled))
"""


def run(folder: Path) -> tuple[str, str]:
    """Call the kernel in a new process; return its output (the result, how many kernels were compiled) and errors."""
    (folder / "kernel_module.py").write_text(KERNEL)
    os.utime(folder / "kernel_module.py", (1, 1))
    environment = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache"), "PYTHONPATH": str(folder)}
    done = subprocess.run([sys.executable, "-c", RUN], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip(), done.stderr


def files(folder: Path, suffix: str) -> list[Path]:
    return sorted((folder / "cache").rglob(f"*{suffix}"))


def flip_middle(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x10
    path.write_bytes(data)


def test_the_second_process_compiles_nothing(tmp_path: Path) -> None:
    assert run(tmp_path) == ("10 1", "")
    assert run(tmp_path) == ("10 0", "")


@pytest.mark.parametrize("suffix", [".nbi", ".nbc"])
@pytest.mark.parametrize("damage", [lambda path: path.write_bytes(b""), flip_middle], ids=["emptied", "bit flipped"])
def test_a_damaged_file_is_compiled_anew_and_replaced(
    suffix: str, damage: Callable[[Path], None], tmp_path: Path
) -> None:
    run(tmp_path)
    (path,) = files(tmp_path, suffix)
    damage(path)
    assert run(tmp_path) == ("10 1", "")
    assert run(tmp_path) == ("10 0", "")


def test_a_folder_that_cannot_be_made_stops_nothing_and_is_told(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file in the place of the folder")
    output, errors = run(tmp_path)
    assert output == "10 1" and errors.count("compiled code cannot be kept in") == 1
    assert "XDG_CACHE_HOME" in errors
