"""An instruction as a signed file, for networks that no request crosses: carried out, and answers carried in."""

from typing import Literal

from fanzha.base.clock import iso
from fanzha.base.words import Words
from fanzha.dispose._action import ACTIONS, Action
from fanzha.dispose._channel import Dispatch, DisposalChannel, Endpoint, Example, Reading, Received
from fanzha.dispose._container import Manifest, pack, unpack
from fanzha.dispose._examples import order
from fanzha.dispose._instruction import Instruction
from fanzha.dispose._rows import order_csv, order_lines, read_csv, read_lines
from fanzha.dispose._wire import Unreadable

Form = Literal["jsonl", "csv"]


class SignedFile(DisposalChannel):
    """Builds a file for each instruction and reads files of answers; a URL that ends in `#csv` asks for CSV."""

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
    kinds = frozenset(kind for act in ACTIONS.values() for kind in act.kinds)
    receivers = frozenset(kind for act in ACTIONS.values() for kind in act.by)
    proof = Words(
        "答复文件中的凭证，另以拨测或访问探测核实",
        "the proof in the file of answers, checked by a test call or a probe",
    )
    examples = (
        Example(
            Words("文件交换单位限制平台账号", "an account is to be limited by a platform behind a file exchange"),
            order(Action.LIMIT_ACCOUNT, ("account", "wechat:made_up_name")),
            gives={
                "file_name": "orders-00000007.zip",
                "manifest": {"what": "orders", "sequence": 7, "member": "orders.jsonl"},
                "rows": {"action": "limit_account", "targets": [{"kind": "account", "value": "wechat:made_up_name"}]},
            },
        ),
    )

    def instruct(self, instruction: Instruction, endpoint: Endpoint, at: int) -> Dispatch:
        """Return a file."""
        return _file(instruction, None, endpoint, at)

    def undo(self, instruction: Instruction, reason: Words, endpoint: Endpoint, at: int) -> Dispatch:
        """Return a file that takes the order back."""
        return _file(instruction, reason, endpoint, at)

    def read_answer(self, received: Received, endpoint: Endpoint, at: int) -> Reading:
        """Verify, then read; whether it is the file that was to come is told by `place_of`."""
        manifest, digest, rows = unpack(received.body, endpoint.theirs)
        if manifest.what != "answers":
            raise Unreadable("it holds orders, not answers")
        answers = read_csv(rows) if manifest.member.endswith(".csv") else read_lines(rows)
        name = f"{manifest.sender}/{manifest.sequence}"
        return Reading(name, answers, manifest.sequence, digest, manifest.before)


def _file(one: Instruction, undo: Words | None, endpoint: Endpoint, at: int) -> Dispatch:
    form: Form = "csv" if endpoint.url.endswith("#csv") else "jsonl"
    manifest = Manifest(
        what="orders",
        sender=one.issuer,
        receiver=one.receiver,
        sequence=endpoint.sequence,
        before=endpoint.before,
        made_at=iso(at),
        member=f"orders.{form}",
        sha256="",
    )
    rows = order_csv(one, undo) if form == "csv" else order_lines(one, undo)
    return Dispatch(body=pack(manifest, rows, endpoint.ours), file_name=f"orders-{endpoint.sequence:08}.zip")


CHANNEL = SignedFile()
