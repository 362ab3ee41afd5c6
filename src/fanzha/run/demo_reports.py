"""Made-up reports of the public in the demo: opened, joined, passed on, held back and one unread."""

from datetime import datetime, timedelta

from fanzha.command.processes.models import ProcessInstance
from fanzha.command.processes.selectors import to_party
from fanzha.command.reports.models import Report, ReportState
from fanzha.command.reports.receipts import hash_receipt
from fanzha.command.reports.report_processes import join_report, open_report
from fanzha.command.reports.services import Submission, submit_report
from fanzha.command.web.roles import Role
from fanzha.run.demo_steps import DemoSteps

OWNER = "centre"
_CALLER, _LINK = "+8617000004321", "refund-desk.example"
#: Minutes ago, and what somebody reported.
_REPORTS = (
    (190, Submission("call", "", _CALLER, "自称银行客服，说我的卡要被冻结，让我报验证码。", "+8617000005001")),
    (
        150,
        Submission("call", "", _CALLER, "同一个号码，说的是快递丢失理赔，让我下载软件。", "+8617000005002", loss=600),
    ),
    (
        75,
        Submission(
            "link", "", _LINK, "短信里的链接，填了银行卡号后被转走钱。", "+8617000005003", is_paid=True, loss=4_800
        ),
    ),
    (40, Submission("text", "", "10690000123", "ETC 已失效，请点链接重新认证。", is_nuisance=True)),
    (6, Submission("account", "", "微信: made_up_888", "拉我进群刷单，先返了二十元，后来要我垫付两千。")),
)


def add_reports(steps: DemoSteps, now: datetime) -> None:
    """Let people report to the centre; it passes the first on, joins the second and holds one back."""
    sent = [_send(steps, now, number, *row) for number, row in enumerate(_REPORTS)]
    first, second, paid, held, _waiting = sent
    process = open_report(first, first.received_at)
    _pass_on(steps, process)
    join_report(second, process, second.received_at)
    open_report(paid, paid.received_at)
    Report.objects.filter(pk=held.pk).update(state=ReportState.HELD, processed_at=held.received_at)


def _send(steps: DemoSteps, now: datetime, number: int, minutes: int, said: Submission) -> Report:
    submission = Submission(**{**vars(said), "nonce": f"demo {number}", "is_worked": True})
    at = now - timedelta(minutes=minutes)
    code = submit_report(steps.province[OWNER], submission, f"192.0.2.{number}", at)
    return Report.objects.select_related("owner").get(receipt=hash_receipt(code))


def _pass_on(steps: DemoSteps, process: str) -> None:
    instance = ProcessInstance.objects.get(ref=process)
    if instance.state != "received":  # the site knows who runs the number, and passed it on by itself
        return
    steps.take(instance, "route", OWNER, Role.ANALYST, handlers=(to_party(steps.province["mobile"]),))
