"""A call attempt as the network signals it, before it is answered."""

from typing import NamedTuple

from fanzha.screen.stir.result import Verification


class CallAttempt(NamedTuple):
    """A call attempt. Texts are "" where the network sends nothing; numbers are raw and untrusted.

    `trunk` is the name that the edge sent, or "". The source address of a packet does not identify a trunk.
    """

    at: int  # UTC ms of arrival
    call_id: str
    caller: str  # P-Asserted-Identity within a trust domain (RFC 3325), else From
    callee: str  # user part of the Request-URI
    trunk: str = ""
    ingress: str = ""  # one of fanzha.events.call_offered.INGRESS, from the settings of the trunk
    own: bool = False  # the trunk proves the caller's number: an own subscriber, an authenticated line
    from_number: str = ""  # number in From where it differs from `caller`
    original_callee: str = ""  # of Diversion (RFC 5806) or History-Info (RFC 7044)
    private: bool = False  # the caller requests privacy (RFC 3323, RFC 3325)
    attestation: str = ""  # A, B, C of a PASSporT (RFC 8588) that was verified, here or by the edge of the trunk
    claimed: tuple[str, ...] = ()  # further numbers said to be the caller's: P-Asserted-Identity, Remote-Party-ID, ISUP
    asserted: bool = True  # False: the network asserts callers on this line, but not this one; the number is of From
    diverting: tuple[str, ...] = ()  # numbers that diverted the call, of Diversion and History-Info
    attested: bool = False  # the settings take this attestation as proof of the caller's number
    verification: Verification | None = None  # result of verifying the signatures here, None without any
    signatures: tuple[str, ...] = ()  # values of Identity header fields (RFC 8224), not verified

    def with_trunk(self, ingress: str, own: bool, proving: frozenset[str] | None = None) -> "CallAttempt":
        """Return the attempt with what the settings say about its trunk; five times as fast as `_replace()`.

        `proving` are the attestations that prove a number. None drops the attestation: the edge of the trunk does not
        verify signatures, so that the caller may have written it. Signatures are dropped: they are verified before.
        """
        (
            at, call_id, caller, callee, trunk, _, _, shown, original, private, level, claimed, asserted, diverting,
            _, _, _,
        ) = self  # fmt: skip
        own = own and asserted
        if proving is None:
            level, attested = "", False
        else:
            attested = level in proving
        values = (
            at, call_id, caller, callee, trunk, ingress, own, shown, original, private, level, claimed, asserted,
            diverting, attested, None, (),
        )  # fmt: skip
        return tuple.__new__(CallAttempt, values)
