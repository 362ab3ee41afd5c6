"""Faults in a YAML text: file, line, key path and how to fix them."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from fanzha.base.errors import UsageError

KeyPath = tuple[str | int, ...]


class ProcessFault(NamedTuple):
    """One fault; `key_path` is the path of keys from the top of the text."""

    key_path: KeyPath
    message: str
    fix: str = ""


class WrongText(UsageError):
    """A data text (a process or a table) cannot be used; `faults` has every fault found."""

    def __init__(self, name: str, faults: Iterable[ProcessFault], lines: Mapping[KeyPath, int] | None = None) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(describe_fault(name, fault, lines or {}) for fault in self.faults))


def describe_fault(name: str, fault: ProcessFault, lines: Mapping[KeyPath, int]) -> str:
    """Return one fault with its file, line, key path and fix."""
    key_path = fault.key_path
    while key_path and key_path not in lines:  # a missing key has no line: use the line of its parent
        key_path = key_path[:-1]
    location = f"{name}:{lines[key_path]}" if key_path in lines else name
    path_text = f" ({'.'.join(map(str, fault.key_path))})" if fault.key_path else ""
    return f"{location}{path_text}: {fault.message}" + (f"\n  {fault.fix}" if fault.fix else "")
