"""Modules that are imported when they are used: a process pays only for the libraries it needs."""

from importlib import import_module
from typing import Any


class LazyModule:
    """Proxy of a module that is imported when one of its attributes is first read."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        value = getattr(import_module(self._name), attribute)
        setattr(self, attribute, value)
        return value


def lazy_module(name: str) -> Any:
    """Return the module of this name, not imported yet; the result is untyped."""
    return LazyModule(name)
