"""Limits of a child are only ever lowered, and its function is loaded without the package it stands in."""

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from fanzha.base.child_worker import load_function

SHOW_LIMITS = """
import resource
from fanzha.base.child_worker import limit_process
resource.setrlimit(resource.RLIMIT_NOFILE, (20, 30))
limit_process({memory}, 7)
for name in ("AS", "CPU", "NOFILE", "CORE", "FSIZE"):
    print(name, *resource.getrlimit(getattr(resource, f"RLIMIT_{{name}}")))
"""


def test_limits_are_lowered_and_never_raised() -> None:
    memory = 300 * 1024**2
    program = SHOW_LIMITS.format(memory=memory)
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True).stdout
    limits = {name: values for name, *values in map(str.split, shown.splitlines())}
    assert limits == {
        "AS": [str(memory)] * 2,
        "CPU": ["7", "12"],
        "NOFILE": ["20", "30"],
        "CORE": ["0", "0"],
        "FSIZE": ["0", "0"],
    }


def test_a_limit_that_is_lower_already_stays() -> None:
    memory = 200 * 1024**2
    program = SHOW_LIMITS.format(memory=memory * 2)

    def lower() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))

    shown = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True, preexec_fn=lower
    ).stdout
    assert f"AS {memory} {memory}" in shown


def test_a_function_is_loaded_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "parser.py"
    path.write_text("def parse(text):\n    yield text.encode()\n")
    assert list(load_function(str(path), "parse")("x")) == [b"x"]
    with pytest.raises(AttributeError):
        load_function(str(path), "other")
    with pytest.raises(ImportError):
        load_function(str(tmp_path / "parser.txt"), "parse")
