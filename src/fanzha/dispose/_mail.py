"""Mails to those who keep a site, a name or an app and have no system of their own for orders.

A mail says in both languages what is asked, why, on which basis and until when, and how to answer. It has no date and
no recipient: the sender adds them, so that every attempt is the same mail.
"""

from collections.abc import Iterable
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256
from typing import NamedTuple

from fanzha.base.clock import iso
from fanzha.base.words import Words
from fanzha.dispose._action import ACTION_SPECS
from fanzha.dispose._channel import ChannelEndpoint, Dispatch
from fanzha.dispose._instruction import Instruction
from fanzha.processes.legal_basis import legal_basis_words


class Attachment(NamedTuple):
    """A JSON file of a mail."""

    name: str
    body: bytes


def build_mail(
    instruction: Instruction,
    endpoint: ChannelEndpoint,
    subject: Words,
    ask: Words,
    items: Iterable[str],
    attachments: Iterable[Attachment] = (),
    undo: Words | None = None,
) -> Dispatch:
    """Return the mail of an instruction, or of its withdrawal. Raise ValueError without a sender."""
    if "@" not in endpoint.sender:
        raise ValueError("there is no address that mails come from: set [deliver.email] in fanzha.toml")
    exercise = Words("【演练】", "[Exercise] ") if instruction.simulated else Words("", "")
    name = f"{instruction.leg}{'/undo' if undo else f'/renewal-{instruction.renewal}' if instruction.renewal else ''}"
    if endpoint.repeat:
        name += f"/repeat-{endpoint.repeat}"
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = f"{exercise.zh}{subject.zh} / {exercise.en}{subject.en} [{instruction.leg}]"
    mail["From"] = endpoint.sender
    mail["Message-ID"] = f"<{_digest(name)}@{endpoint.sender.partition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    if name != instruction.leg:
        mail["References"] = f"<{_digest(instruction.leg)}@{endpoint.sender.partition('@')[2]}>"
    mail.set_content(_text(instruction, endpoint, ask, list(items), undo, exercise), cte="base64")
    for attachment in attachments:
        mail.add_attachment(attachment.body, "application", "json", filename=attachment.name)
    if mail.is_multipart():
        mail.set_boundary(_digest(f"{name}/boundary"))
    return Dispatch(url=endpoint.url, body=mail.as_bytes())


def _text(
    instruction: Instruction,
    endpoint: ChannelEndpoint,
    ask: Words,
    items: list[str],
    undo: Words | None,
    exercise: Words,
) -> str:
    law = [legal_basis_words(code) or Words(code, code) for code in instruction.basis]
    reason, until = undo or instruction.reason, iso(instruction.until)
    due = iso(instruction.answer_by) if instruction.answer_by is not None else ""
    title = ACTION_SPECS[instruction.action].title
    zh = [
        f"{exercise.zh}{'撤回：' if undo else ''}{ask.zh}",
        "",
        *(f"  {item}" for item in items),
        "",
        f"措施：{title.zh}",
        f"{'撤回原因' if undo else '事由'}：{reason.zh}",
        f"依据：{'；'.join(words.zh for words in law)}",
        *([] if undo else [f"有效期至：{until}（到期自动解除）"]),
        *([f"请于 {due} 前答复。"] if due and not undo else []),
        f"下达单位：{endpoint.sender_name or instruction.issuer}　编号：{instruction.leg}",
        "答复请直接回复本邮件，写明编号、处理结果与时间；有异议请说明理由，由其他人员复核。",
    ]
    en = [
        f"{exercise.en}{'Withdrawn: ' if undo else ''}{ask.en}",
        "",
        *(f"  {item}" for item in items),
        "",
        f"Action: {title.en}",
        f"{'Why it is withdrawn' if undo else 'Reason'}: {reason.en}",
        f"Basis: {'; '.join(words.en for words in law)}",
        *([] if undo else [f"In force until: {until} (it ends by itself)"]),
        *([f"Please answer by {due}."] if due and not undo else []),
        f"Issued by: {endpoint.sender_name or instruction.issuer}  Reference: {instruction.leg}",
        "Reply with the reference, what was done and when. If you object, say why: somebody else hears it.",
    ]
    return "\n".join([*zh, "", "-" * 60, "", *en, ""])


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:32]
