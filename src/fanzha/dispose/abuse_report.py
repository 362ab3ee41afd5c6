"""Notices to hosting providers and registrars: a mail with a report in XARF v4 for each site.

XARF (eXtended Abuse Reporting Format) is what abuse desks read by machine; the mail says the same to people.
"""

from uuid import UUID

import msgspec

from fanzha.base.clock import iso
from fanzha.base.ids import digest
from fanzha.base.words import Words
from fanzha.dispose._action import Action
from fanzha.dispose._channel import ChannelEndpoint, ChannelExample, Dispatch, DisposalChannel
from fanzha.dispose._examples import example_order
from fanzha.dispose._instruction import Instruction, Target
from fanzha.dispose._mail import Attachment, build_mail

XARF_VERSION = "4.2.0"
#: Our kinds of fraud as XARF calls them; what is not here is `other`.
_FRAUD_TYPES = {
    "fake_invest": "investment",
    "romance": "romance",
    "fake_shopping": "shopping",
    "brushing": "employment",
    "fake_authority": "government_impersonation",
}
_LONGEST_DESCRIPTION = 1_000
_SUBJECT = Words("涉诈网站处置通知", "Fraud site notice")
_ASK = Words(
    "请核查并停止下列网站的服务（托管、解析或域名注册）：",
    "Please check these sites and stop serving them (hosting, name service or registration):",
)


class AbuseReport(DisposalChannel):
    """Builds the mail. Answers come by mail too, and people enter them."""

    name = "abuse_report"
    title = Words("滥用举报邮件（XARF）", "abuse report by mail (XARF)")
    tells = Words(
        "向托管商、注册商的滥用举报邮箱发送通知，附 XARF 第 4 版报告；答复由人工登记。",
        "A notice to the abuse mailbox of a host or registrar with a report in XARF v4; people enter the answer.",
    )
    standard = "XARF 4; RFC 5322"
    goes = "mail"
    actions = frozenset({Action.TAKE_DOWN, Action.BLOCK_ACCESS})
    kinds = frozenset({"website", "host"})
    receivers = frozenset({"isp", "platform"})
    proof = Words("从至少两处探测该网站", "probes of the site from two places at least")
    examples = (
        ChannelExample(
            Words("请托管商下线网站", "a host is to take a site down"),
            example_order(Action.TAKE_DOWN, ("website", "bank-a.example")),
            gives={"url": "https://receiver.example/orders"},
        ),
    )

    def instruct(self, instruction: Instruction, endpoint: ChannelEndpoint, at: int) -> Dispatch:
        """Return a mail with a report for each site; one of an exercise has none, for programs act on reports."""
        targets = () if instruction.simulated else instruction.targets
        reports = [
            Attachment(f"xarf-{number}.json", msgspec.json.encode(xarf_report(instruction, target, endpoint)))
            for number, target in enumerate(targets, start=1)
        ]
        return build_mail(instruction, endpoint, _SUBJECT, _ASK, _values(instruction), reports)

    def undo(self, instruction: Instruction, reason: Words, endpoint: ChannelEndpoint, at: int) -> Dispatch:
        """Return a mail that withdraws the notice."""
        return build_mail(instruction, endpoint, _SUBJECT, _ASK, _values(instruction), undo=reason)


def xarf_report(instruction: Instruction, target: Target, endpoint: ChannelEndpoint) -> dict[str, object]:
    """Return the report of one site. Its id is the same for every attempt; it names no person."""
    contact = {
        "org": (endpoint.sender_name or instruction.issuer)[:200],
        "contact": endpoint.sender,
        "domain": endpoint.sender.partition("@")[2],
    }
    host = f"[{target.value}]" if ":" in target.value else target.value
    fraud_type = _FRAUD_TYPES.get(instruction.fraud_type, "other")
    names = {} if target.kind == "host" or target.value[-1].isdigit() else {"domain": target.value}
    return {
        "xarf_version": XARF_VERSION,
        "report_id": str(UUID(hex=digest("xarf", instruction.leg, target.kind, target.value), version=4)),
        "timestamp": iso(instruction.given_at),
        "reporter": contact,
        "sender": contact,
        "source_identifier": target.value,
        "category": "content",
        "type": "fraud",
        "fraud_type": fraud_type,
        "url": f"http://{host}/",
        **names,
        "verification_method": "manual",
        "verified_at": iso(instruction.given_at),
        "evidence_source": "researcher_analysis",
        "description": f"{instruction.reason.en} / {instruction.reason.zh}"[:_LONGEST_DESCRIPTION],
        "tags": [f"fanzha:{instruction.fraud_type}"] if instruction.fraud_type else [],
    }


def _values(instruction: Instruction) -> list[str]:
    return [target.value for target in instruction.targets]


CHANNEL = AbuseReport()
