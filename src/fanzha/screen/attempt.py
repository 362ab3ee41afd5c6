"""A call being set up, as the network tells it before anybody answers."""

from typing import NamedTuple


class Attempt(NamedTuple):
    """Texts are "" where the network does not say. Numbers are as signalled: not yet normalised, never trusted.

    `trunk` is the one that the edge named, or "" when it did not; the source address of a packet is no trunk.
    """

    at: int  # UTC ms, when it arrived here
    call_id: str
    caller: str  # inside a trust domain that of P-Asserted-Identity (RFC 3325), else that of From
    callee: str  # of the request's target
    trunk: str = ""
    ingress: str = ""  # one of fanzha.events.call_offered.INGRESS, from the settings of the trunk
    own: bool = False  # the trunk proves the caller's number: an own subscriber, an authenticated line
    shown: str = ""  # the number of From where it is not the caller's
    original_callee: str = ""  # of Diversion (RFC 5806) or History-Info (RFC 7044)
    private: bool = False  # the caller asked for privacy (RFC 3323, RFC 3325)
    attestation: str = ""  # A, B, C of a verified PASSporT (RFC 8588)

    def by(self, ingress: str, own: bool) -> "Attempt":
        """Return it with what the settings say of its trunk; as `_replace`, at a fifth of the cost."""
        at, call_id, caller, callee, trunk, _, _, shown, original_callee, private, attestation = self
        values = (at, call_id, caller, callee, trunk, ingress, own, shown, original_callee, private, attestation)
        return tuple.__new__(Attempt, values)
