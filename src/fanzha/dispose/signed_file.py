"""Instructions and answers as signed files, for isolated networks."""

from typing import Literal

from fanzha.base.clock import iso
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
from fanzha.dispose._container import FileManifest, pack, unpack
from fanzha.dispose._examples import example_order
from fanzha.dispose._instruction import Instruction
from fanzha.dispose._leg_message import LegMessage, encode_leg
from fanzha.dispose._rows import encode_csv, encode_jsonl, parse_csv, parse_jsonl
from fanzha.dispose._wire import UnreadableAnswer

Form = Literal["jsonl", "csv"]


class SignedFile(DisposalChannel):
    """Builds a file for each instruction and parses files of answers; a URL that ends in `#csv` selects CSV."""

    name = "signed_file"
    title = Words("签名文件", "signed file")
    tells = Words(
        "签名、编号的文件，用于物理隔离的网络；缺失、重复、被替换的文件均可发现，答复以同样的文件返回。",
        "A signed, numbered file for separate networks: one that is missing, comes twice or was replaced is seen; "
        "answers come in such files too.",
    )
    standard = "ZIP; JSON Lines or CSV (RFC 4180); Ed25519 (RFC 8032) or HMAC-SHA256"
    goes = "file"
    actions = frozenset(Action)
    kinds = frozenset(kind for act in ACTION_SPECS.values() for kind in act.kinds)
    receivers = frozenset(kind for act in ACTION_SPECS.values() for kind in act.by)
    proof = Words(
        "答复文件中的凭证，另以拨测或访问探测核实",
        "the proof in the file of answers, checked by a test call or a probe",
    )
    carries_legs = True
    examples = (
        ChannelExample(
            Words("文件交换单位限制平台账号", "an account is to be limited by a platform behind a file exchange"),
            example_order(Action.LIMIT_ACCOUNT, ("account", "wechat:made_up_name")),
            gives={
                "file_name": "orders-00000007.zip",
                "manifest": {"what": "orders", "sequence": 7, "member": "orders.jsonl"},
                "rows": {"action": "limit_account", "targets": [{"kind": "account", "value": "wechat:made_up_name"}]},
            },
        ),
    )

    def instruct(self, instruction: Instruction, endpoint: ChannelEndpoint, at: int) -> Dispatch:
        """Return a file."""
        return _file(instruction, None, endpoint, at)

    def undo(self, instruction: Instruction, reason: Words, endpoint: ChannelEndpoint, at: int) -> Dispatch:
        """Return a file that withdraws the order."""
        return _file(instruction, reason, endpoint, at)

    def ask(self, message: LegMessage, endpoint: ChannelEndpoint, at: int) -> Dispatch:
        """Return a file that asks for what a leg is about."""
        return _pack("legs", message.issuer, message.receiver, encode_leg(message, _form(endpoint)), endpoint, at)

    def read_answer(self, received: IncomingMessage, endpoint: ChannelEndpoint, at: int) -> ParsedAnswers:
        """Verify and parse a file; `file_position` checks its position in the sequence."""
        manifest, digest, rows = unpack(received.body, endpoint.verification_keys)
        if manifest.what != "answers":
            raise UnreadableAnswer(f"it holds {manifest.what}, not answers")
        answers = parse_csv(rows) if manifest.member.endswith(".csv") else parse_jsonl(rows)
        name = f"{manifest.sender}/{manifest.sequence}"
        return ParsedAnswers(name, answers, manifest.sequence, digest, manifest.before)


def _file(instruction: Instruction, undo: Words | None, endpoint: ChannelEndpoint, at: int) -> Dispatch:
    encode = encode_csv if _form(endpoint) == "csv" else encode_jsonl
    rows = encode(instruction, undo)
    return _pack("orders", instruction.issuer, instruction.receiver, rows, endpoint, at)


def _form(endpoint: ChannelEndpoint) -> Form:
    return "csv" if endpoint.url.endswith("#csv") else "jsonl"


def _pack(
    what: Literal["orders", "legs"], issuer: str, receiver: str, rows: bytes, endpoint: ChannelEndpoint, at: int
) -> Dispatch:
    manifest = FileManifest(
        what=what,
        sender=issuer,
        receiver=receiver,
        sequence=endpoint.sequence,
        before=endpoint.before,
        made_at=iso(at),
        member=f"{what}.{_form(endpoint)}",
        sha256="",
    )
    return Dispatch(body=pack(manifest, rows, endpoint.signing_keys), file_name=f"{what}-{endpoint.sequence:08}.zip")


CHANNEL = SignedFile()
