"""Find the modules with which apps extend each other, such as `effects`, `checks`, `tasks` and `urls`."""

import importlib
from collections.abc import Iterator
from importlib.util import find_spec
from types import ModuleType

from django.conf import settings

PREFIX = "fanzha.command."


def app_modules(name: str) -> Iterator[ModuleType]:
    """Yield the module `name` of every app of this site that has one, in the order of INSTALLED_APPS.

    With such a module an app extends a lower app that does not import it.
    """
    for app in settings.INSTALLED_APPS:
        if app.startswith(PREFIX) and find_spec(f"{app}.{name}") is not None:
            yield importlib.import_module(f"{app}.{name}")
