"""The state folder, which holds everything that an operator edits at run time."""

import os
from pathlib import Path


def state_folder() -> Path:
    """Return the state folder: FANZHA_HOME, else `fanzha` below XDG_STATE_HOME (by default `~/.local/state`)."""
    if home := os.environ.get("FANZHA_HOME"):
        return Path(home)
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "fanzha"
