"""`fanzha --help` lists every command and imports nothing heavy."""

import os
import subprocess
import sys

from fanzha.claims.rule_lifecycle import NEXT_STATES, RuleState
from fanzha.cli._rule_lifecycle import PROMOTABLE_STATES

HEAVY_MODULES = ("numba", "llvmlite", "numpy", "pyarrow", "duckdb", "rich", "django")
SHOW_HELP = f"""
import sys
from fanzha.cli import fanzha
fanzha(sys.argv[1:], standalone_mode=False)
print("heavy:", [name for name in {HEAVY_MODULES!r} if name in sys.modules])
"""


def _help(*arguments: str) -> str:
    command = [sys.executable, "-c", SHOW_HELP, *arguments, "--help"]
    return subprocess.run(
        command, capture_output=True, text=True, check=True, env={**os.environ, "COLUMNS": "100"}
    ).stdout


def test_the_list_of_commands_imports_no_heavy_library() -> None:
    output = _help()
    assert "heavy: []" in output
    assert all(f"\n  {name} " in output for name in ("analyze", "detectors", "evaluate", "rules", "scoreboard", "up"))


def test_the_states_in_the_help_of_promote_are_those_a_rule_can_be_moved_to() -> None:
    assert tuple(state.value for state in NEXT_STATES if state is not RuleState.RETIRED) == PROMOTABLE_STATES
