"""An instruction as a signed HTTP POST to the receiver's system; his answers come the same way, signed by him.

Headers and signatures are those of Standard Webhooks 1.0: id (the same each time it is sent, so that repeats are told),
moment, and one signature a key, so that keys can be changed without a message being lost.
"""

import re
from urllib.parse import urlsplit

import msgspec

from fanzha.base.words import Words
from fanzha.dispose._action import ACTIONS, Action
from fanzha.dispose._channel import Dispatch, DisposalChannel, Endpoint, Example, Reading, Received
from fanzha.dispose._examples import order
from fanzha.dispose._instruction import Instruction
from fanzha.dispose._signing import NotGenuine, sign, verify
from fanzha.dispose._wire import order_keys, read_answers

#: A message is taken for so long before and after its moment; whoever takes it remembers its id for longer.
WINDOW_MS = 300_000

#: What is signed has dots between its parts: an id with one could be read as another id and moment.
_ID = re.compile(r"[!-\-/-~]{1,200}")
_SECONDS = re.compile(r"[0-9]{1,12}")


class SignedWebhook(DisposalChannel):
    """Builds the request and reads answers."""

    name = "signed_webhook"
    title = Words("签名推送", "signed webhook")
    tells = Words(
        "签名的 HTTP 请求发往接收单位系统；对方签收、执行与证明以同样方式签名返回。",
        "A signed HTTP request to the receiver's system; receipt, execution and proof come back signed the same way.",
    )
    standard = "Standard Webhooks 1.0"
    goes = "http"
    actions = frozenset(Action)
    kinds = frozenset(kind for act in ACTIONS.values() for kind in act.kinds)
    receivers = frozenset(kind for act in ACTIONS.values() for kind in act.by)
    proof = Words(
        "接收单位答复中的凭证，另以拨测或访问探测核实", "the proof in the answer, checked by a test call or a probe"
    )
    examples = (
        Example(
            Words("请托管方下线网站", "a site is to be taken down by its host"),
            order(Action.TAKE_DOWN, ("website", "bank-made-up.example")),
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

    def instruct(self, instruction: Instruction, endpoint: Endpoint, at: int) -> Dispatch:
        """Return a POST."""
        body = msgspec.json.encode(order_keys(instruction))
        renewed = f"/renewal-{instruction.renewal}" if instruction.renewal else ""
        return Dispatch(endpoint.url, signed_headers(f"{instruction.leg}{renewed}", body, endpoint, at), body)

    def undo(self, instruction: Instruction, reason: Words, endpoint: Endpoint, at: int) -> Dispatch:
        """Return a POST that takes the order back."""
        body = msgspec.json.encode(order_keys(instruction, reason))
        return Dispatch(endpoint.url, signed_headers(f"{instruction.leg}/undo", body, endpoint, at), body)

    def read_answer(self, received: Received, endpoint: Endpoint, at: int) -> Reading:
        """Verify, then read."""
        return Reading(verified_id(received, endpoint.theirs, at), read_answers(received.body))


def signed_headers(message: str, body: bytes, endpoint: Endpoint, at: int) -> dict[str, str]:
    """Return the headers of a message sent at a moment (UTC ms); ValueError for an address that others could read."""
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
        "webhook-signature": sign(_signed(message, seconds, body), endpoint.ours),
    }


def verified_id(received: Received, keys: tuple[str, ...], at: int) -> str:
    """Return the id of a message that a known key signed within the window of a moment (UTC ms); else NotGenuine."""
    message, seconds, signatures = (
        received.headers.get(f"webhook-{one}", "") for one in ("id", "timestamp", "signature")
    )
    if not _ID.fullmatch(message) or not _SECONDS.fullmatch(seconds):
        raise NotGenuine("webhook-id or webhook-timestamp is missing or wrong")
    if abs(at - int(seconds) * 1_000) > WINDOW_MS:
        raise NotGenuine("too old or too new: clocks must agree within five minutes")
    verify(_signed(message, seconds, received.body), signatures, keys)
    return message


def _signed(message: str, seconds: str, body: bytes) -> bytes:
    return b".".join((message.encode(), seconds.encode(), body))


CHANNEL = SignedWebhook()
