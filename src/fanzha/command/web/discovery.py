"""Find the modules by which apps extend each other: `effects`, `checks`, `tasks`, `urls` and the like."""

import importlib
from collections.abc import Iterator
from importlib.util import find_spec
from types import ModuleType

from django.conf import settings

PREFIX = "fanzha.command."


def app_modules(name: str) -> Iterator[ModuleType]:
    """Yield the module `name` of every installed app of this site that has one, in the order of INSTALLED_APPS.

    An app defines such a module to take part in what a lower app does, without being imported by it.
    """
    for app in settings.INSTALLED_APPS:
        if app.startswith(PREFIX) and find_spec(f"{app}.{name}") is not None:
            yield importlib.import_module(f"{app}.{name}")
