"""The way in of the fact that made a rule fire: what the spared list and the share of a trunk are asked by."""

from fanzha.claims.spared import Trigger
from fanzha.rules.catalog import FACTS
from fanzha.rules.engine import Fired


def trigger(fired: Fired, row: int) -> Trigger:
    """Return number, proven number, trunk and ingress of one firing; None where its fact has no such field."""
    known = FACTS[fired.rule.on.fact]

    def text(name: str) -> str | None:
        return fired.text(name, row) if name in known else None

    number = text("caller") if "caller" in known else text("sender")
    return Trigger(number, text("proven_caller"), text("trunk"), text("ingress"))
