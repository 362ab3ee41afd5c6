"""Find plug-ins: every module of a folder is one, and packages from outside join by entry point.

A plug-in module defines one object under the name its room asks for (`KIND`, `DETECTOR`, `READER`, …). Modules that
begin with an underscore and sub-packages (`fanzha.kinds.numbering`) are shared code, not plug-ins. A package from
outside names such an object in the entry-point group of the room, e.g. `[project.entry-points."fanzha.detect"]`.
"""

import importlib
import pkgutil
from importlib.metadata import entry_points
from typing import TypeVar

T = TypeVar("T")


def load(package: str, attribute: str, type_: type[T]) -> dict[str, T]:
    """Return the plug-ins of a package by their `name`, built-in ones first, each in name order.

    Raise TypeError if a module lacks the object or two plug-ins have the same name.
    """
    plugins: dict[str, T] = {}
    built_in = sorted(_built_in(package, attribute), key=lambda found: str(getattr(found[1], "name", found[0])))
    for origin, plugin in [*built_in, *_from_outside(package)]:
        if not isinstance(plugin, type_):
            raise TypeError(f"{origin} must define one {attribute} of type {type_.__name__}")
        name = str(getattr(plugin, "name", origin))
        if name in plugins:
            raise TypeError(f"two plug-ins of {package} are called {name!r}; the second is {origin}")
        plugins[name] = plugin
    return plugins


def _built_in(package: str, attribute: str) -> list[tuple[str, object]]:
    folder = importlib.import_module(package)
    found = pkgutil.iter_modules(folder.__path__)
    names = [module.name for module in found if not module.name.startswith("_") and not module.ispkg]
    modules = [importlib.import_module(f"{package}.{name}") for name in names]
    return [(module.__name__, getattr(module, attribute, None)) for module in modules]


def _from_outside(package: str) -> list[tuple[str, object]]:
    points = sorted(entry_points(group=package), key=lambda point: point.name)
    return [(f"{point.name} ({point.value})", point.load()) for point in points]
