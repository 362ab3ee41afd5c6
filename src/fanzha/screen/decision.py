"""The decision on one call: treatment and reasons."""

from typing import NamedTuple

from fanzha.claims.treatment import Treatment
from fanzha.screen.stir.result import Verification


class Decision(NamedTuple):
    """A decision. `meant` is the treatment under full enforcement, `treatment` the one applied.

    `reasons` are codes of fanzha.screen.reasons, most severe first. `country` is the ISO 3166 code of the caller's
    number for calls from abroad, else "". `screened` is False when the call was not evaluated: switched off,
    overloaded, late or failed. `label_shown` is False where the trunk shows no label to the called party. `roaming` is
    proven, disproven or unproven for a home mobile number that calls from abroad, else "". `verification` is the result
    of the call's signatures, without the origination identifier.
    """

    treatment: Treatment
    reasons: tuple[str, ...] = ()
    score: float = 0.0
    meant: Treatment = Treatment.ALLOW
    country: str = ""
    screened: bool = True
    label_shown: bool = True
    roaming: str = ""
    verification: Verification | None = None
