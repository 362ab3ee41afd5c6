"""Find the effect handlers: each app may have an `effects.py` with `EFFECTS`."""

import importlib
import logging
from collections.abc import Callable, Iterator
from functools import cache
from importlib.util import find_spec
from types import ModuleType
from typing import NamedTuple

from django.conf import settings

from fanzha.command.processes.delivery_pool import PendingDelivery
from fanzha.command.processes.models import OutboxItem

log = logging.getLogger(__name__)


class RetryLater(Exception):
    """Raised when an effect cannot run now and must be retried; the text gives the reason."""


class Handler(NamedTuple):
    """The handler of one effect.

    `run` may be called again with the same item after a crash and must then change nothing (compare `item.key`).
    It runs in the transaction that marks the item as done. With `sends` it runs before that transaction and returns a
    pending delivery to a receiver's system.
    """

    run: Callable[[OutboxItem], PendingDelivery | None]
    sends: bool = False


@cache
def load_handlers() -> dict[str, Handler]:
    """Return the handlers by effect. Raise TypeError if two apps handle the same effect."""
    handlers: dict[str, Handler] = {}
    for module in _effect_modules():
        for effect, handler in module.EFFECTS.items():
            if str(effect) in handlers:
                raise TypeError(f"two apps carry out {effect}; the second is {module.__name__}")
            handlers[str(effect)] = handler
    return handlers


def warm_up() -> None:
    """Load the effect handlers and call `warm_up()` of each `effects.py` that has one.

    Loading at start keeps the delay out of the first order.
    """
    load_handlers()
    for module in _effect_modules():
        try:
            getattr(module, "warm_up", lambda: None)()
        except Exception as problem:  # the worker works without, only later
            log.warning("%s is not ready yet: %s", module.__name__, problem)


def _effect_modules() -> Iterator[ModuleType]:
    """Yield the `effects` module of each app that has one."""
    for app in settings.INSTALLED_APPS:
        if app.startswith("fanzha.command.") and find_spec(f"{app}.effects") is not None:
            yield importlib.import_module(f"{app}.effects")
