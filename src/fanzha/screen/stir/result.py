"""What is verified of a call, and the result: verstat (3GPP TS 24.229 §7.2A.20), reason and SIP code (RFC 8224)."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple, Protocol

from fanzha.base.words import Words


class Verstat(StrEnum):
    """The result for the caller's telephone number."""

    PASSED = "TN-Validation-Passed"
    FAILED = "TN-Validation-Failed"
    NONE = "No-TN-Validation"


VERSTAT_WORDS: dict[Verstat, Words] = {
    Verstat.PASSED: Words("签名有效", "the signature is valid for the number"),
    Verstat.FAILED: Words("签名无效", "the signature is not valid for the number"),
    Verstat.NONE: Words("未核验", "the number was not verified"),
}


class VerificationReason(NamedTuple):
    """Why a call did not pass: result, SIP code and phrase of the answer, text for the operator."""

    verstat: Verstat
    code: int
    words: Words

    @property
    def phrase(self) -> str:
        """The reason phrase of the code."""
        return _PHRASES[self.code]


_PHRASES = {
    403: "Stale Date",
    428: "Use Identity Header",
    436: "Bad Identity Info",
    437: "Unsupported Credential",
    438: "Invalid Identity Header",
}

_FAILED, _NONE = Verstat.FAILED, Verstat.NONE

#: By the code that log, metrics and answers carry.
VERIFICATION_REASONS: dict[str, VerificationReason] = {
    "no_identity": VerificationReason(_NONE, 428, Words("呼叫未带签名", "the call carries no signature")),
    "unsupported": VerificationReason(
        _NONE, 428, Words("签名类型均不支持", "no signature of the call is of a supported type")
    ),
    "compact_form": VerificationReason(
        _NONE, 438, Words("签名为紧凑形式，只核验完整形式", "the signature is in compact form; send the full form")
    ),
    "certificate_pending": VerificationReason(
        _NONE, 436, Words("证书尚未取得，正在后台获取", "the certificate is being fetched in the background")
    ),
    "certificate_unavailable": VerificationReason(
        _NONE, 436, Words("证书无法取得", "the certificate could not be fetched")
    ),
    "other_identity": VerificationReason(
        _NONE, 438, Words("签名证明的是呼叫中的另一主叫标识", "the signature proves another identity of the call")
    ),
    "diverted": VerificationReason(
        _NONE, 438, Words("呼叫已转移且转移未签名", "the call was diverted, and the diversion is not signed")
    ),
    "malformed": VerificationReason(_FAILED, 438, Words("签名格式不正确", "the signature is malformed")),
    "algorithm": VerificationReason(_FAILED, 438, Words("签名算法不是 ES256", "the algorithm is not ES256")),
    "bad_address": VerificationReason(
        _FAILED, 436, Words("证书地址不允许访问", "the certificate's address is not permitted")
    ),
    "certificate_rejected": VerificationReason(
        _FAILED, 437, Words("证书无效或不受信任", "the certificate is invalid or not trusted")
    ),
    "number_not_authorized": VerificationReason(
        _FAILED, 437, Words("证书无权签署该号码", "the certificate is not for this number")
    ),
    "claims_not_authorized": VerificationReason(
        _FAILED, 437, Words("证书不允许这些声明", "the certificate does not permit these claims")
    ),
    "signature_invalid": VerificationReason(_FAILED, 438, Words("签名与内容不符", "the signature is wrong")),
    "stale": VerificationReason(_FAILED, 403, Words("签名时间过旧或在未来", "the signature is too old or too new")),
    "replayed": VerificationReason(
        _FAILED, 438, Words("签名已用于另一呼叫", "the signature was used for another call")
    ),
    "orig_mismatch": VerificationReason(
        _FAILED, 438, Words("签名的主叫与呼叫不符", "the signed caller is not the caller of this call")
    ),
    "dest_mismatch": VerificationReason(
        _FAILED, 438, Words("签名的被叫与呼叫不符", "the signed callee is not the callee of this call")
    ),
}


class Verification(NamedTuple):
    """The result of one call. `reason` is a key of VERIFICATION_REASONS, "" if it passed."""

    verstat: Verstat
    reason: str = ""
    attestation: str = ""  # A, B or C (RFC 8588), "" of a PASSporT without one
    origid: str = ""
    name: str = ""  # verified `nam` of Rich Call Data (RFC 9795)

    @property
    def code(self) -> int:
        """The SIP code of RFC 8224, 0 if the call passed."""
        return VERIFICATION_REASONS[self.reason].code if self.reason else 0


def unsuccessful(reason: str) -> Verification:
    """Return the result for a reason."""
    return Verification(VERIFICATION_REASONS[reason].verstat, reason)


class SignedCall(NamedTuple):
    """A call with canonical numbers as digits, "" for none."""

    signatures: Sequence[str]  # values of Identity header fields
    caller: str
    callee: str
    other_callers: Sequence[str] = ()  # further identities of the caller
    diverted: bool = False  # the call says that it was diverted
    call_id: str = ""  # "" does not look for replays


class SignatureVerifier(Protocol):
    """Verifies the signatures of a call."""

    def verify(self, call: SignedCall, at: int) -> Verification:
        """Return the result at a time (UTC ms); never wait, never raise for what a caller writes."""


def digits_of(canonical: str) -> str:
    """Return a canonical number as a PASSporT writes it: without `+` (RFC 8224 §8.3)."""
    return canonical.removeprefix("+")
