"""Instructions as signed HTTP POSTs to the receiver's system; answers arrive the same way.

Headers and signatures follow Standard Webhooks 1.0: an id (the same for every attempt, to detect repeats), a timestamp,
and one signature per key, so that keys can be rotated without losing messages.
"""

import re
from urllib.parse import urlsplit

import msgspec

from fanzha.base.words import Words
from fanzha.dispose._action import ACTION_SPECS, Action
from fanzha.dispose._channel import (
    ChannelEndpoint,
    ChannelExample,
    Dispatch,
    DisposalChannel,
    IncomingMessage,
    ParsedAnswers,
)
from fanzha.dispose._examples import example_order
from fanzha.dispose._instruction import Instruction
from fanzha.dispose._leg_message import LegMessage, leg_payload
from fanzha.dispose._signing import UnverifiedMessage, sign, verify
from fanzha.dispose._wire import order_payload, parse_answers

#: Accepted difference between timestamp and clock; receivers must remember message ids for longer.
WINDOW_MS = 300_000

#: The signed text separates its parts by dots, so an id must not contain one.
_ID = re.compile(r"[!-\-/-~]{1,200}")
_SECONDS = re.compile(r"[0-9]{1,12}")


class SignedWebhook(DisposalChannel):
    """Builds the request and parses answers."""

    name = "signed_webhook"
    title = Words("签名推送", "signed webhook")
    tells = Words(
        "签名的 HTTP 请求发往接收单位系统；对方签收、执行与证明以同样方式签名返回。",
        "A signed HTTP request to the receiver's system; receipt, execution and proof come back signed the same way.",
    )
    standard = "Standard Webhooks 1.0"
    goes = "http"
    actions = frozenset(Action)
    kinds = frozenset(kind for act in ACTION_SPECS.values() for kind in act.kinds)
    receivers = frozenset(kind for act in ACTION_SPECS.values() for kind in act.by)
    proof = Words(
        "接收单位答复中的凭证，另以拨测或访问探测核实", "the proof in the answer, checked by a test call or a probe"
    )
    carries_legs = True
    examples = (
        ChannelExample(
            Words("请托管方下线网站", "a site is to be taken down by its host"),
            example_order(Action.TAKE_DOWN, ("website", "bank-made-up.example")),
            gives={
                "url": "https://receiver.example/orders",
                "headers": {"webhook-id": "01JN7Z0000EXAMPLEORDER0001/carrier-a", "webhook-timestamp": "1772323200"},
                "body": {
                    "type": "fanzha.order.v1",
                    "undo": False,
                    "action": "take_down",
                    "targets": [{"kind": "website", "value": "bank-made-up.example"}],
                    "until": "2026-03-08T00:00:00.000Z",
                },
            },
        ),
    )

    def instruct(self, instruction: Instruction, endpoint: ChannelEndpoint, at: int) -> Dispatch:
        """Return a POST."""
        body = msgspec.json.encode(order_payload(instruction))
        renewed = f"/renewal-{instruction.renewal}" if instruction.renewal else ""
        return Dispatch(endpoint.url, signed_headers(f"{instruction.leg}{renewed}", body, endpoint, at), body)

    def undo(self, instruction: Instruction, reason: Words, endpoint: ChannelEndpoint, at: int) -> Dispatch:
        """Return a POST that withdraws the order."""
        body = msgspec.json.encode(order_payload(instruction, reason))
        return Dispatch(endpoint.url, signed_headers(f"{instruction.leg}/undo", body, endpoint, at), body)

    def ask(self, message: LegMessage, endpoint: ChannelEndpoint, at: int) -> Dispatch:
        """Return a POST that asks for what a leg is about."""
        body = msgspec.json.encode(leg_payload(message))
        return Dispatch(endpoint.url, signed_headers(message.id, body, endpoint, at), body)

    def read_answer(self, received: IncomingMessage, endpoint: ChannelEndpoint, at: int) -> ParsedAnswers:
        """Verify and parse the answers."""
        return ParsedAnswers(verified_id(received, endpoint.verification_keys, at), parse_answers(received.body))


def signed_headers(message: str, body: bytes, endpoint: ChannelEndpoint, at: int) -> dict[str, str]:
    """Return the headers of a message sent at `at` (UTC ms); raise ValueError for an invalid id or plain http."""
    parts = urlsplit(endpoint.url)
    if not _ID.fullmatch(message):
        raise ValueError("the reference of a leg is of printable ASCII without a dot")
    if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "::1", "localhost"):
        raise ValueError("orders leave this machine by https only")
    seconds = str(at // 1_000)
    return {
        "content-type": "application/json",
        "webhook-id": message,
        "webhook-timestamp": seconds,
        "webhook-signature": sign(_signed(message, seconds, body), endpoint.signing_keys),
    }


def verified_id(received: IncomingMessage, keys: tuple[str, ...], at: int) -> str:
    """Return the id of a verified message; raise UnverifiedMessage for a wrong signature or timestamp."""
    message, seconds, signatures = (
        received.headers.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature")
    )
    if not _ID.fullmatch(message) or not _SECONDS.fullmatch(seconds):
        raise UnverifiedMessage("webhook-id or webhook-timestamp is missing or wrong")
    if abs(at - int(seconds) * 1_000) > WINDOW_MS:
        raise UnverifiedMessage("too old or too new: clocks must agree within five minutes")
    verify(_signed(message, seconds, received.body), signatures, keys)
    return message


def _signed(message: str, seconds: str, body: bytes) -> bytes:
    return b".".join((message.encode(), seconds.encode(), body))


CHANNEL = SignedWebhook()
