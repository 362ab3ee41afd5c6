"""What a request for the values of subjects charges to the gate of disclosure: one candidate a value."""

from fanzha.command.organizations.services import Candidate
from fanzha.command.subjects.canonical import CanonicalValue, mask_value

#: Characters that replace the hidden digits of a masked value.
_HIDDEN = frozenset("•*")


def build_candidate(value: CanonicalValue, weight: int = 1, text: str = "") -> Candidate:
    """Return the candidate of a value; it does not depend on the route of the request.

    It has the masked form if that shows the end of the value: few values then have the same one. `text` is the text of
    which the value is one interpretation.
    """
    masked = mask_value(value.kind, value.value, value.shown)
    is_identifying = bool(_HIDDEN.intersection(masked)) and masked[-1].isalnum()
    return Candidate(value.kind, value.thing, masked if is_identifying else "", weight, text)
