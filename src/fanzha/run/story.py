"""What happened in the made-up province of the demo: findings came in, a burst became a campaign, an order went out.

All of it goes the ways that people's doing goes: importer, services, worker. Of the order's three legs one is carried
out and proven by the screens of the site, one is refused, one is late; another order waits for its second person.
"""

import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from django.db.models import Count
from django.utils import timezone

from fanzha.base.errors import FanzhaError
from fanzha.base.words import Words
from fanzha.command.campaigns.models import Campaign
from fanzha.command.orders.drafting import Wish, draft
from fanzha.command.orders.models import Endpoint
from fanzha.command.organizations.viewing import viewer_of
from fanzha.command.processes.models import Leg, ProcessInstance
from fanzha.command.processes.parties import actor_of
from fanzha.command.processes.services import fire
from fanzha.command.processes.worker import turn
from fanzha.command.subjects.ingest.worker import bring_in
from fanzha.command.subjects.models import Subject
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import everything, seen_by
from fanzha.command.web.viewer import Viewer
from fanzha.processes.parties import Actor
from fanzha.run.province import ROLE_WORDS, Province, make_province
from fanzha.run.told import Story, User

SENT_AGO = timedelta(minutes=30)  # long enough that a leg without an answer is late
MOST_NUMBERS = 20
SECONDS_TO_PROVE = 30.0
_RECEIVERS = ("mobile", "telecom", "virtual")


class NoStory(FanzhaError):
    """The findings hold no burst of calls, or no website; or nobody proves the order (exit 1)."""

    exit_code = 1


def story(findings: str) -> None:
    """Let the story happen in an empty database and print it as JSON; the password of all is read from stdin."""
    from fanzha.run.migrating import migrate

    migrate()
    made = make_province(sys.stdin.readline().strip())
    with everything("the demo plays all parts"):
        sys.stdout.buffer.write(msgspec.json.encode(happen(made, Path(findings))))


def happen(made: Province, findings: Path) -> Story:
    """Let all of it happen; raises NoStory."""
    now = timezone.now()
    Endpoint.objects.create(owner=made["mobile"], channel="number_treatment", changed_at=now)
    bring_in([findings], made["mobile"])
    burst, site = _hottest(made, "phone_number", 5), _hottest(made, "website", 1)
    order = _order_numbers(made, burst, now)
    _refuse(made, order)
    _order_website(made, site, now)
    _work_until_proven(Leg.objects.get(instance=order, receiver=made["mobile"]))
    legs = Leg.objects.filter(instance=order).select_related("receiver")
    return Story(
        users=tuple(_users(made, order)),
        order=order.ref,
        campaign=burst.ref,
        refused=_values(burst, "phone_number")[0],
        legs={leg.receiver.name_en: leg.state for leg in legs},
    )


def _hottest(made: Province, kind: str, at_least: int) -> Campaign:
    """Return the hottest campaign with so many subjects of a kind; raises NoStory."""
    rows = Campaign.objects.filter(owner=made["mobile"], placements__subject__kind=kind, placements__is_victim=False)
    found = rows.annotate(count=Count("placements")).filter(count__gte=at_least).order_by("-heat", "-id").first()
    if found is None:
        raise NoStory(f"no campaign has {at_least} of {kind}", fix="look at the findings of the simulated village")
    return found


def _values(campaign: Campaign, kind: str) -> list[str]:
    rows = Subject.objects.filter(placements__campaign=campaign, placements__is_victim=False, kind=kind)
    return list(rows.order_by("-placements__top_score", "id").values_list("value", flat=True)[:MOST_NUMBERS])


def _order_numbers(made: Province, campaign: Campaign, now: datetime) -> ProcessInstance:
    """Mobile's analyst orders on the burst, the reviewer approves: half an hour ago."""
    order = _draft(
        made,
        campaign,
        now - SENT_AGO - timedelta(minutes=4),
        target_kind="number",
        values=tuple(_values(campaign, "phone_number")),
        scope="全部呼出 all outgoing calls",
        reason="短时间内大量呼叫陌生人 a burst of calls to strangers",
        receivers=tuple(made[name].pk for name in _RECEIVERS),
    )
    opinion = {"opinion": "证据充分，同意 the evidence is sufficient"}
    fire(order.ref, "approve", _who(made, "mobile", Role.REVIEWER), opinion, at=now - SENT_AGO)
    return order


def _order_website(made: Province, campaign: Campaign, now: datetime) -> None:
    """Another order waits for its second person."""
    _draft(
        made,
        campaign,
        now - timedelta(minutes=3),
        target_kind="site",
        values=tuple(_values(campaign, "website")),
        scope="本省 this province",
        reason="仿冒网站 look-alikes of protected brands",
        receivers=(made["broadband"].pk,),
    )


def _draft(made: Province, campaign: Campaign, at: datetime, **wished: Any) -> ProcessInstance:
    viewer = _viewer(made, "mobile", Role.ANALYST)
    wish = Wish(action="refuse", expires_at=at + timedelta(days=7), campaign=campaign.ref, **wished)
    with seen_by(viewer):
        order, _impact = draft(wish, viewer, at)
    return order


def _refuse(made: Province, order: ProcessInstance) -> None:
    why = {"refusal": "wrong_subject", "explanation": "其中号码已携出 some of the numbers were ported out"}
    leg = Leg.objects.get(instance=order, receiver=made["virtual"])
    fire(order.ref, "refuse", _who(made, "virtual", Role.REVIEWER), why, leg=leg.name)


def _work_until_proven(leg: Leg) -> None:
    """Work as the worker does, which tries again what cannot be proven yet; raises NoStory."""
    end = time.monotonic() + SECONDS_TO_PROVE
    while leg.state != "verified":
        if time.monotonic() > end:
            raise NoStory(
                "the screens did not prove the order", fix=f"the leg is {leg.state}: look at the worker's log"
            )
        if not turn():
            time.sleep(0.1)
        leg.refresh_from_db()
    while turn():
        continue


def _viewer(made: Province, name: str, role: Role) -> Viewer:
    return viewer_of(made[name], {role.value}, made.people[name, role].pk)


def _who(made: Province, name: str, role: Role) -> Actor:
    return actor_of(_viewer(made, name, role))


def _users(made: Province, order: ProcessInstance) -> Iterator[User]:
    reads = {("mobile", Role.ANALYST): order.ref, **{(name, Role.EXECUTOR): order.ref for name in _RECEIVERS}}
    for (name, role), person in made.people.items():
        organization = made[name]
        yield User(
            person.email,
            Words(organization.name_zh, organization.name_en),
            ROLE_WORDS[role],
            reads.get((name, role), organization.name_zh),
        )
