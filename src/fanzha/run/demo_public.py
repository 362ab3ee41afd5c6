"""Made-up data of the demo: a published bulletin on last month, a blocked site, choices about calls from abroad."""

from datetime import datetime, timedelta

import numpy as np

from fanzha.base.clock import to_ms
from fanzha.base.words import Words
from fanzha.command.bulletins.services import draft_bulletin
from fanzha.command.orders.services import create_draft
from fanzha.command.processes.models import ProcessInstance
from fanzha.command.processes.selectors import to_actor
from fanzha.command.statistics.selectors import last_month
from fanzha.command.warnings.overseas_choices import ChoiceRequest, choose
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to
from fanzha.processes.refusal import Refusal
from fanzha.run.demo_history import SUFFICIENT
from fanzha.run.demo_steps import DemoSteps
from fanzha.store.number_signals import SIGNAL_RECORD, number_digits, write_signals

OWNER = "centre"
BLOCKED_SITE = "refund-desk.example.com"
#: Numbers of subscribers, and what they asked for.
CHOICES = {"+8619792000001": "refuse", "+8619792000002": "announce"}
_REPLY = Words("数据属实，我单位已增派人员值守。", "The figures are right; more people are on duty now.")
_REASON = Words("冒充客服退款的网站", "A website that promises refunds in the name of customer service")


def publish_bulletin(steps: DemoSteps, now: datetime) -> bool:
    """Publish the bulletin of last month, to which each company replied; return False if no company had a case."""
    analyst = to_actor(steps.viewer(OWNER, Role.ANALYST))
    instance = draft_bulletin(steps.province[OWNER], last_month(now), analyst, now)
    try:
        steps.take(instance, "send", OWNER, Role.ANALYST)
    except Refusal:
        return False
    names = {organization.pk: name for name, organization in steps.province.organizations.items()}
    for receiver in list(instance.legs.values_list("receiver", flat=True)):
        name = names[receiver]
        reply = _REPLY.joined()
        steps.take(instance, "reply", name, Role.ANALYST, leg_of=name, opinion="agrees", reply=reply)
    steps.take(instance, "propose", OWNER, Role.ANALYST)
    steps.take(instance, "publish", OWNER, Role.REVIEWER)
    return True


def block_site(steps: DemoSteps, now: datetime) -> ProcessInstance:
    """Let the centre order a site to be blocked by the provider of broadband."""
    viewer = steps.viewer(OWNER, Role.ANALYST)
    evidence = {
        "target_kind": "site",
        "action": "refuse",
        "scope": Words("本省", "This province").joined(),
        "reason": _REASON.joined(),
        "receivers": (steps.party("broadband"),),
        "expires_at": to_ms(now + timedelta(days=30)),
    }
    with scoped_to(viewer):
        order, _impact = create_draft(evidence, (BLOCKED_SITE,), viewer, now)
    steps.take(order, "approve", OWNER, Role.REVIEWER, opinion=SUFFICIENT.joined())
    return order


def choose_overseas(steps: DemoSteps) -> None:
    """Let subscribers of the mobile carrier choose at a shop; the carrier has their numbers in its own table."""
    owner = steps.province["mobile"]
    digits = np.array([number_digits(number) for number in sorted(CHOICES)])
    write_signals(owner.ref, digits, np.zeros(len(digits), SIGNAL_RECORD))
    clerk = steps.province.people["mobile", Role.CLERK]
    for number, kind in CHOICES.items():
        choose(owner, ChoiceRequest(number, kind, "shop"), clerk)
