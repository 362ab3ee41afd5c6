"""Who carries out which effect: each app beside this one may have an `effects.py` with `EFFECTS`; found by folder."""

import importlib
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from typing import NamedTuple

from django.conf import settings

from fanzha.command.flows.models import OutboxItem


class NotYet(Exception):
    """An effect that cannot be carried out now and is to be tried again; the text says why."""


class Handler(NamedTuple):
    """How one effect is carried out.

    `run` may be called again with the same item after a crash and must then change nothing (tell by `item.key`).
    It works in the transaction that marks the item as done, unless it `sends`: then it runs before that transaction.
    """

    run: Callable[[OutboxItem], None]
    sends: bool = False


@cache
def handlers() -> dict[str, Handler]:
    """Return the handlers by effect. Raises TypeError when two apps carry out the same effect."""
    found: dict[str, Handler] = {}
    for app in settings.INSTALLED_APPS:
        if not app.startswith("fanzha.command.") or find_spec(f"{app}.effects") is None:
            continue
        for effect, handler in importlib.import_module(f"{app}.effects").EFFECTS.items():
            if str(effect) in found:
                raise TypeError(f"two apps carry out {effect}; the second is {app}")
            found[str(effect)] = handler
    return found
