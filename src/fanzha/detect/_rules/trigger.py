"""The way in of the fact that made a rule fire: what the spared list and the share of a trunk are asked by."""

from collections.abc import Callable

from fanzha.claims.allowlist import Trigger
from fanzha.rules.catalog import FACTS
from fanzha.rules.engine import Fired


def trigger(fired: Fired, row: int) -> Trigger:
    """Return number, proven number, trunk and ingress of one firing; None where its fact has no such field."""
    return trigger_at(fired.rule.on.fact, lambda name: fired.text(name, row))


def trigger_at(fact: str, text: Callable[[str], str | None]) -> Trigger:
    """Return the same of a fact whose fields `text` gives."""
    known = FACTS[fact]
    number = text("caller") if "caller" in known else text("sender") if "sender" in known else None
    proven, trunk, ingress = (text(name) if name in known else None for name in ("proven_caller", "trunk", "ingress"))
    return Trigger(number, proven, trunk, ingress)
