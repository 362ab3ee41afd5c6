"""What a screen answers about one call: the treatment, and why."""

from typing import NamedTuple

from fanzha.claims.treatment import Treatment


class Decision(NamedTuple):
    """`treatment` is what happens; `meant` what would happen if the trunk acted on everything (design §5).

    `reasons` are codes of fanzha.screen.reasons, the weightiest first. `country` is the ISO 3166 code of where a call
    from abroad says it comes from ("" for calls from home). `screened` is False when nobody looked at the call:
    switched off, overloaded, failed. `shown` is False where the trunk's settings show whoever is called no label.
    """

    treatment: Treatment
    reasons: tuple[str, ...] = ()
    score: float = 0.0
    meant: Treatment = Treatment.ALLOW
    country: str = ""
    screened: bool = True
    shown: bool = True
