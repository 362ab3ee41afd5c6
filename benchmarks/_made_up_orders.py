"""Orders as people of a made-up province leave them: drafts, legs unanswered, done, partly done, refused."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.command.campaigns.models import Campaign
from fanzha.command.organizations.selectors import build_viewer
from fanzha.command.processes.models import Leg
from fanzha.command.processes.selectors import to_actor, to_party
from fanzha.command.processes.services import About, fire, open_process
from fanzha.command.processes.uploads import store_for_organization
from fanzha.command.subjects.models import Subject
from fanzha.command.web.roles import Role
from fanzha.processes.parties import Actor
from fanzha.run.demo_province import DemoProvince

OWNERS = ("mobile", "telecom", "centre")
RECEIVERS = ("mobile", "telecom", "virtual")
_DRAFTS = 0.15
_OLD = 0.1  # so old that receivers who did not answer are late


def make_orders(made: DemoProvince, campaigns: Sequence[Campaign], count: int, *, seed: int) -> None:
    """Order so often on campaigns, most of them just now; nothing is due before the worker lets it pass."""
    draw, now = Random(seed), timezone.now()
    owners = {made[name].pk: name for name in OWNERS}
    for number in range(count):
        campaign = campaigns[number % len(campaigns)]
        owner = owners.get(campaign.owner_id, "centre")
        minutes = draw.uniform(10, 120) if draw.random() < _OLD else draw.uniform(1, 4)
        _make(made, owner, campaign, draw, now - timedelta(minutes=minutes))


def _make(made: DemoProvince, owner: str, campaign: Campaign, draw: Random, at: datetime) -> None:
    numbers = Subject.objects.filter(placements__campaign=campaign).values_list("ref", "value")[:20]
    given: dict[str, Any] = {
        "target_kind": "number",
        "action": "refuse",
        "subjects": tuple(value for _, value in numbers),
        "campaign": campaign.ref,
        "scope": "all outgoing calls",
        "reason": "a burst of calls to strangers",
        "hits": len(numbers),
        "spared": 0,
        "expires_at": to_ms(at + timedelta(days=7)),
        "receivers": tuple(to_party(made[name]) for name in RECEIVERS),
    }
    about = About("phone_number", numbers[0][0], campaign.ref, campaign.title.en[:200], simulated=True)
    order = open_process("order", "draft", made[owner], _who(made, owner, Role.ANALYST), given, about=about, at=at)
    if draw.random() < _DRAFTS:
        return
    fire(order.ref, "approve", _who(made, owner, Role.REVIEWER), {"opinion": "as the evidence says"}, at=at)
    for leg in Leg.objects.filter(instance=order).select_related("receiver"):
        name = next(name for name in RECEIVERS if made[name].pk == leg.receiver_id)
        _answer(made, order.ref, leg.name, name, draw, at + timedelta(seconds=50))


def _answer(made: DemoProvince, order: str, leg: str, name: str, draw: Random, at: datetime) -> None:
    """Let a receiver go as far as he happens to."""
    far = draw.choice(("nothing", "acknowledged", "acknowledged", "done", "refused"))
    executor = _who(made, name, Role.EXECUTOR)
    if far == "refused":
        why = {"refusal": "impossible", "explanation": "there is no such line"}
        fire(order, "refuse", _who(made, name, Role.REVIEWER), why, leg=leg, at=at)
    elif far != "nothing":
        fire(order, "acknowledge", executor, {}, leg=leg, at=at)
        if far == "done":
            proof = store_for_organization(b"made-up proof", made[name].pk)
            given = {"executed_at": to_ms(at), "result": "done", "proof": proof}
            fire(order, "report_executed", executor, given, leg=leg, at=at)


def _who(made: DemoProvince, name: str, role: Role) -> Actor:
    return to_actor(build_viewer(made[name], {role.value}, made.people[name, role].pk))
