"""Load all processes: the YAML files of this package, those of plug-in packages, and the operator's own."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from fanzha.base.errors import UsageError
from fanzha.base.plugins import load_objects
from fanzha.processes.parse import parse_process
from fanzha.processes.process import Process

GROUP = "fanzha.processes"


def all_processes(texts: Mapping[str, str] | None = None) -> dict[str, Process]:
    """Return the processes by name, sorted; `texts` are further YAML texts by file name.

    A plug-in package names its YAML text (a str) in the entry-point group `fanzha.processes`.
    Raise WrongText for an invalid text, UsageError if two processes share a name.
    """
    found = dict(_installed())
    for file, text in sorted((texts or {}).items()):
        _add(found, file, parse_process(text, file))
    return dict(sorted(found.items()))


@cache
def _installed() -> dict[str, Process]:
    found: dict[str, Process] = {}
    folder = files("fanzha.processes")
    for file in sorted((file for file in folder.iterdir() if file.name.endswith(".yaml")), key=lambda file: file.name):
        process = parse_process(file.read_text("utf-8"), file.name)
        if file.name != f"{process.name}.yaml":
            raise UsageError(f"{file.name} holds the process {process.name!r}", fix="name the file after the process")
        _add(found, file.name, process)
    for origin, text in load_objects(GROUP):
        if not isinstance(text, str):
            raise UsageError(f"{origin.target} must be the YAML text of a process", fix="name a str in the entry point")
        _add(found, origin.target, parse_process(text, origin.target))
    return found


def _add(found: dict[str, Process], where: str, process: Process) -> None:
    if process.name in found:
        raise UsageError(f"{where}: there is already a process {process.name!r}", fix="choose another name")
    found[process.name] = process
