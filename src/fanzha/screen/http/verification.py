"""POST /stir/v1/verification: verify signatures as session border controllers ask (ATIS-1000082, 3GPP TS 24.229)."""

from collections.abc import Awaitable
from functools import partial
from typing import Annotated
from urllib.parse import parse_qs

import msgspec

from fanzha.base.words import Words
from fanzha.screen.attempt import CallAttempt
from fanzha.screen.decision import Decision
from fanzha.screen.http.call import CallOut, decision_out, screen_attempt
from fanzha.screen.http.dependencies import ScreenServices
from fanzha.screen.http.problem import HttpProblem
from fanzha.screen.http.redress import Redress
from fanzha.screen.http.route import HttpRequest, HttpRoute, Parameter
from fanzha.screen.identity import read_identity
from fanzha.screen.stir.result import (
    VERIFICATION_REASONS,
    SignedCall,
    Verification,
    digits_of,
    unsuccessful,
)
from fanzha.store.screen_keys import KeyScope

LONGEST_BODY = 131_072
LONGEST_TRUNK = 256

_Number = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
_Signature = Annotated[str, msgspec.Meta(max_length=16_384)]


class CallerNumber(msgspec.Struct, frozen=True):
    """The caller's telephone number. 主叫号码。"""

    tn: _Number


class CalleeNumbers(msgspec.Struct, frozen=True):
    """The callee's telephone number, as a list of one. 被叫号码（单元素列表）。"""

    tn: Annotated[tuple[_Number, ...], msgspec.Meta(min_length=1, max_length=8)]


class VerificationRequest(msgspec.Struct, frozen=True, rename={"caller": "from"}):
    """A call and the values of its Identity header fields: `identity` (ATIS) or `identityHeaders` (3GPP).

    `time` is not used, since a caller may have written it (Date): signatures are compared with the clock of the screen.
    呼叫及其 Identity 头域值；time 可能由主叫填写，不采用，以筛查服务的时钟为准。
    """

    caller: CallerNumber
    to: CalleeNumbers
    time: int | None = None
    identity: _Signature = ""
    identityHeader: _Signature = ""
    identityHeaders: Annotated[tuple[_Signature, ...], msgspec.Meta(max_length=8)] = ()


class VerificationIn(msgspec.Struct, frozen=True):
    """The body of a request. Unknown fields are ignored. 请求体，忽略未知字段。"""

    verificationRequest: VerificationRequest


class VerificationResponse(msgspec.Struct, frozen=True, omit_defaults=True):
    """The result; `reasoncode` and its texts where it did not pass.

    `attest`, `origid` and `nam` (verified Rich Call Data) are added, and `screening`, the ruling on the call, where the
    request names its trunk.
    核验结果；未通过时附 reasoncode 等；另附 attest、origid、经核验的主叫名称 nam；请求写明中继时附研判结果 screening。
    """

    verstat: str
    reasoncode: int | None = None
    reasontext: str = ""
    reasondesc: str = ""
    attest: str = ""
    origid: str = ""
    nam: str = ""
    screening: CallOut | None = None


class VerificationOut(msgspec.Struct, frozen=True):
    """The body of a response. 答复体。"""

    verificationResponse: VerificationResponse


def _answer(services: ScreenServices, request: HttpRequest) -> bytes | Awaitable[bytes]:
    if services.verifier is None:
        raise HttpProblem("not-offered", Words("设置中没有 [stir] 表", "the settings have no table [stir]"))
    asked: VerificationRequest = request.value.verificationRequest
    signatures = tuple(filter(None, (asked.identity, asked.identityHeader, *asked.identityHeaders)))
    call_id = request.headers.get(b"x-requestid", b"").decode("latin-1")[:128]
    trunk = _read_trunk(request.query)
    if trunk:
        return _screen(services, request, asked, signatures, call_id, trunk)
    caller, callee = (digits_of(read_identity(text).canonical) for text in (asked.caller.tn, asked.to.tn[0]))
    result = unsuccessful("no_identity")
    if signatures:
        result = services.verifier.verify(SignedCall(signatures, caller, callee, call_id=call_id), request.at)
    return _encode(result, None)


def _read_trunk(query: bytes) -> str:
    try:
        values = parse_qs(query.decode("latin-1"), keep_blank_values=True, max_num_fields=8).get("trunk")
    except ValueError:  # too many fields
        values = ["", ""]
    if values is None:
        return ""
    if len(values) > 1 or not 0 < len(values[0]) <= LONGEST_TRUNK:
        raise HttpProblem(
            "wrong-value", Words("trunk 只写一次，1 至 256 个字符", "write trunk once, with 1 to 256 characters")
        )
    return values[0]


def _screen(
    services: ScreenServices,
    request: HttpRequest,
    asked: VerificationRequest,
    signatures: tuple[str, ...],
    call_id: str,
    trunk: str,
) -> bytes | Awaitable[bytes]:
    """Screen the call too, as one of this trunk."""
    attempt = CallAttempt(
        request.at, call_id or f"{request.at}-{request.now_ns}", asked.caller.tn, asked.to.tn[0], trunk
    )._replace(signatures=signatures)
    return screen_attempt(services, request, attempt, partial(_encode_ruling, services.redress))


def _encode_ruling(redress: Redress | None, decision: Decision) -> bytes:
    return _encode(decision.verification or unsuccessful("no_identity"), decision_out(decision, redress))


def _encode(result: Verification, screening: CallOut | None) -> bytes:
    verstat, reason, attestation, origid, name = result
    if not reason:
        response = VerificationResponse(verstat.value, attest=attestation, origid=origid, nam=name, screening=screening)
    else:
        details = VERIFICATION_REASONS[reason]
        response = VerificationResponse(
            verstat.value, details.code, details.phrase, f"{reason}: {details.words.en}", screening=screening
        )
    return msgspec.json.encode(VerificationOut(response))


ROUTE = HttpRoute(
    name="verify_signature",
    method="POST",
    path="/stir/v1/verification",
    scope=KeyScope.CALL,
    title=Words("核验主叫签名", "Verify a signed caller"),
    tells=Words(
        "按 ATIS-1000082 核验 Identity 头域（STIR/SHAKEN）。证书尚未取得时答复 No-TN-Validation 并在后台获取。"
        "写明 trunk 时同时研判该呼叫；同一呼叫若另经 SIP 询问，则不写。不提供签名（/stir/v1/signing）。",
        "Verifies the Identity header of a call (STIR/SHAKEN) as ATIS-1000082 asks. A certificate that is not cached "
        "yet gives No-TN-Validation and is fetched in the background. With trunk the call is screened too; leave it "
        "out where the same call is asked about by SIP. Signing (/stir/v1/signing) is not offered.",
    ),
    answer=_answer,
    takes=VerificationIn,
    gives=VerificationOut,
    max_body_bytes=LONGEST_BODY,
    parameters=(
        Parameter(
            "trunk",
            Words("边界设备给出的中继；写明则同时研判", "the trunk as the edge says; with it the call is screened"),
            longest=LONGEST_TRUNK,
            in_query=True,
            required=False,
        ),
    ),
    problems=("not-offered", "wrong-value"),
)
