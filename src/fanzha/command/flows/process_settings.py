"""What an operator sets of processes: own YAML files, spans of deadlines and holidays, from the state folder."""

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from fanzha.base.errors import WrongCall
from fanzha.processes.catalog import all_processes
from fanzha.processes.process import Process
from fanzha.processes.settings import Settings, check_settings
from fanzha.store.state_folder import state_folder


def known_processes() -> dict[str, Process]:
    """Return all processes by name: those that ship, those of packages, and `processes/*.yaml` of the state folder."""
    files = sorted((state_folder() / "processes").glob("*.yaml"))
    return _known(tuple((str(file), file.stat().st_mtime_ns) for file in files))


@lru_cache(maxsize=4)
def _known(files: tuple[tuple[str, int], ...]) -> dict[str, Process]:
    return all_processes({Path(name).name: Path(name).read_text("utf-8") for name, _ in files})


def process_settings() -> Settings:
    """Return the spans of deadlines that `[processes.deadlines]` in `fanzha.toml` sets, all others as they ship.

    Raises WrongCall for a deadline that there is not, a span that cannot be read or is longer than the law allows.
    """
    path = state_folder() / "fanzha.toml"
    return _settings(str(path), path.stat().st_mtime_ns if path.is_file() else 0)


@lru_cache(maxsize=4)
def _settings(name: str, changed: int) -> Settings:
    told: Any = tomllib.loads(Path(name).read_text("utf-8-sig")).get("processes", {}) if changed else {}
    spans = told.get("deadlines", {})
    if not isinstance(spans, dict) or not all(isinstance(span, str) for span in spans.values()):
        raise WrongCall(f"{name}: [processes.deadlines] holds names and spans", fix='write "order.approval" = "15min"')
    made = Settings(spans=spans)
    check_settings(made, known_processes())
    return made
