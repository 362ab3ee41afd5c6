"""Notices to app stores that a fraud app is to be removed, by mail with a JSON list of its identifiers."""

import msgspec

from fanzha.base.words import Words
from fanzha.dispose._action import Action
from fanzha.dispose._channel import ChannelEndpoint, ChannelExample, Dispatch, DisposalChannel
from fanzha.dispose._examples import example_order
from fanzha.dispose._instruction import Instruction
from fanzha.dispose._mail import Attachment, build_mail
from fanzha.dispose._wire import order_payload

_SUBJECT = Words("涉诈应用下架通知", "Fraud app notice")
_ASK = Words(
    "请核查并下架下列应用，停止其更新与签名证书的使用，并提醒已安装的用户：",
    "Please check these apps, remove them, stop their updates and signing certificates, and warn who installed them:",
)
_SORTS = {
    "cert": Words("签名证书 SHA-256", "signing certificate, SHA-256"),
    "apk": Words("安装包 SHA-256", "package, SHA-256"),
}


class StoreNotice(DisposalChannel):
    """Builds the mail. Answers come by mail too, and people enter them."""

    name = "store_notice"
    title = Words("应用商店通知邮件", "notice to an app store by mail")
    tells = Words(
        "向应用商店发送下架通知，附应用标识（包名、签名证书、安装包摘要）；答复由人工登记。",
        "A notice to an app store with the identifiers of the app (package, signing certificate, file); people enter "
        "the answer.",
    )
    standard = "RFC 5322; docs/reference/dispose.md"
    goes = "mail"
    actions = frozenset({Action.REMOVE_APP})
    kinds = frozenset({"app"})
    receivers = frozenset({"platform"})
    proof = Words("商店页面已消失的记录", "a record that the page of the store is gone")
    examples = (
        ChannelExample(
            Words("请应用商店下架应用", "a store is to remove an app"),
            example_order(Action.REMOVE_APP, ("app", "com.made.up.loan"), ("app", f"cert:{'ab' * 32}")),
            gives={"url": "https://receiver.example/orders"},
        ),
    )

    def instruct(self, instruction: Instruction, endpoint: ChannelEndpoint, at: int) -> Dispatch:
        """Return a mail with the order as JSON."""
        attached = [Attachment("order.json", msgspec.json.encode(order_payload(instruction)))]
        return build_mail(instruction, endpoint, _SUBJECT, _ASK, _identifiers(instruction), attached)

    def undo(self, instruction: Instruction, reason: Words, endpoint: ChannelEndpoint, at: int) -> Dispatch:
        """Return a mail that withdraws the notice."""
        attached = [Attachment("order.json", msgspec.json.encode(order_payload(instruction, reason)))]
        return build_mail(instruction, endpoint, _SUBJECT, _ASK, _identifiers(instruction), attached, reason)


def _identifiers(instruction: Instruction) -> list[str]:
    """Return the identifiers of the apps as people read them."""
    rows = []
    for target in instruction.targets:
        sort, colon, value = target.value.partition(":")
        words = _SORTS.get(sort) if colon else None
        rows.append(f"{value}（{words.zh} / {words.en}）" if words else f"{target.value}（包名 / package name）")
    return rows


CHANNEL = StoreNotice()
