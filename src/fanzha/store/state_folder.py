"""Where what an operator edits while running is kept (design §6): one folder, named by FANZHA_HOME."""

import os
from pathlib import Path


def state_folder() -> Path:
    """Return the state folder: FANZHA_HOME, else `fanzha` below XDG_STATE_HOME (by default `~/.local/state`)."""
    if home := os.environ.get("FANZHA_HOME"):
        return Path(home)
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "fanzha"
