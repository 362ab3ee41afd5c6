"""A bank's program asks a running site over HTTP: token, questions about numbers, and what is on record of them."""

import json
import subprocess
import sys

import pytest
from tests.run.running_site import TOP

pytestmark = pytest.mark.field


def test_a_program_is_answered_by_a_running_site() -> None:
    """The benchmark stops at the first answer that is not 200."""
    command = [sys.executable, "-m", "benchmarks.camara", "--numbers", "1000", "--questions", "25", "--clients", "2"]
    asked = subprocess.run(command, cwd=TOP, capture_output=True, text=True, timeout=600, check=False)
    assert asked.returncode == 0, asked.stderr
    assert json.loads(asked.stdout.splitlines()[-1])["questions"] == 50
