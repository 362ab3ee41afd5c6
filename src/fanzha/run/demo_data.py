"""Fill the demo's database: a made-up year, then import findings, group them into campaigns, order on two of them.

The importer, the services and the worker do this as in production. Of the three legs of the first order one is executed
and verified by the site's screen, one is refused, one is overdue; the second order waits for its approval.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from django.db import connection
from django.db.models import Count
from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.base.errors import FanzhaError
from fanzha.base.words import Words
from fanzha.command.campaigns.models import Campaign
from fanzha.command.orders.models import Endpoint
from fanzha.command.orders.services import create_draft
from fanzha.command.organizations.selectors import build_viewer
from fanzha.command.processes.models import Leg, ProcessInstance
from fanzha.command.processes.selectors import to_actor, to_party
from fanzha.command.processes.services import fire
from fanzha.command.processes.worker import run_once
from fanzha.command.subjects.models import Subject
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to, unscoped
from fanzha.command.web.viewer import Viewer
from fanzha.processes.parties import Actor
from fanzha.run.demo_clock import DemoClock
from fanzha.run.demo_exposures import add_exposures
from fanzha.run.demo_figures import enter_numbers
from fanzha.run.demo_history import ALL_CALLS, SUFFICIENT, play_year
from fanzha.run.demo_partners import add_partners
from fanzha.run.demo_province import ROLE_WORDS, UNIT, DemoProvince, create_demo_province
from fanzha.run.demo_public import block_site, choose_overseas, publish_bulletin
from fanzha.run.demo_reports import add_reports
from fanzha.run.demo_sources import create_sources
from fanzha.run.demo_steps import DemoSteps
from fanzha.run.demo_story import DemoStory, DemoUser
from fanzha.run.demo_tags import create_tags
from fanzha.run.demo_teaching import publish_shipped_items
from fanzha.run.demo_today import handle_later, import_findings
from fanzha.run.demo_tracing import add_tracebacks
from fanzha.run.demo_websites import add_websites

SENT_BEFORE = timedelta(minutes=30)  # long enough for a leg without an answer to be overdue
YEAR, LAST_DAYS = timedelta(days=367), timedelta(days=5)
MAX_NUMBERS = 20
VERIFY_TIMEOUT_SECONDS = 30.0
_RECEIVERS = ("mobile", "telecom", "virtual")


class DemoDataError(FanzhaError):
    """The findings hold no campaign of calls or of websites, or the screen does not verify the order (exit 1)."""

    exit_code = 1


def load_demo_data(findings: str, *, with_year: bool = True) -> None:
    """Fill an empty database and print the `DemoStory` as JSON; stdin holds the password of all people."""
    from fanzha.run.migration import migrate

    migrate()
    _write_without_waiting()
    province = create_demo_province(sys.stdin.readline().strip(), timezone.now() - YEAR)
    with unscoped("the demo plays all parts"):
        story = create_story(province, Path(findings), with_year=with_year)
    sys.stdout.buffer.write(msgspec.json.encode(story))


def _write_without_waiting() -> None:
    """Do not wait for the disk at each of some thousand commits: a demo that breaks off is made anew."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous = OFF")


def create_story(province: DemoProvince, findings: Path, *, with_year: bool) -> DemoStory:
    """Play the made-up year, import the findings and create the orders. Raise DemoDataError.

    People must have their roles for `YEAR`; without the year, for a day.
    """
    now = timezone.now()
    steps = DemoSteps(province, DemoClock(now - (YEAR if with_year else timedelta(days=2))))
    with tempfile.TemporaryDirectory(prefix="fanzha-demo-") as folder:
        if with_year:
            play_year(steps, now, now - timedelta(days=1), Path(folder))
        import_findings(steps, findings, now, Path(folder))
    Endpoint.objects.create(owner=province["mobile"], channel="number_treatment", changed_at=now)
    call_campaign, website_campaign = (
        _hottest_campaign(province, "phone_number", 5, now),
        _hottest_campaign(province, "website", 1, now),
    )
    create_sources(province.organizations, now)
    create_tags(province, now)
    enter_numbers(province, now)
    editor, reviewer = (_actor(province, "centre", role) for role in (Role.EDITOR, Role.REVIEWER))
    publish_shipped_items(province["centre"], editor, reviewer, now)
    order = _create_number_order(province, call_campaign, now)
    _refuse_leg(province, order)
    _draft_website_order(province, website_campaign, now)
    handle_later(steps, now)
    add_reports(steps, now)
    block_site(steps, now)
    choose_overseas(steps)
    publish_bulletin(steps, now)
    add_websites(steps, now)
    add_partners(steps, now)
    add_exposures(steps, now)
    add_tracebacks(steps, now)
    _run_worker_until_verified(Leg.objects.get(instance=order, receiver=province["mobile"]))
    legs = Leg.objects.filter(instance=order).select_related("receiver")
    return DemoStory(
        users=tuple(_demo_users(province, order)),
        order=order.ref,
        campaign=call_campaign.ref,
        refused_number=_subject_values(call_campaign, "phone_number")[0],
        legs={leg.receiver.name_en: leg.state for leg in legs},
    )


def _hottest_campaign(province: DemoProvince, kind: str, min_subjects: int, now: datetime) -> Campaign:
    """Return the hottest campaign of the last days with at least `min_subjects` of a kind. Raise DemoDataError."""
    rows = Campaign.objects.filter(
        owner=province["mobile"],
        last_at__gt=now - LAST_DAYS,
        placements__subject__kind=kind,
        placements__is_victim=False,
    )
    campaign = rows.annotate(count=Count("placements")).filter(count__gte=min_subjects).order_by("-heat", "-id").first()
    if campaign is None:
        raise DemoDataError(
            f"no campaign has {min_subjects} of {kind}", fix="look at the findings of the simulated village"
        )
    return campaign


def _subject_values(campaign: Campaign, kind: str) -> list[str]:
    rows = Subject.objects.filter(placements__campaign=campaign, placements__is_victim=False, kind=kind)
    return list(rows.order_by("-placements__top_score", "id").values_list("value", flat=True)[:MAX_NUMBERS])


def _create_number_order(province: DemoProvince, campaign: Campaign, now: datetime) -> ProcessInstance:
    """Let the analyst of the mobile carrier draft an order and its reviewer approve it, `SENT_BEFORE` now."""
    order = _draft_order(
        province,
        campaign,
        now - SENT_BEFORE - timedelta(minutes=4),
        target_kind="number",
        values=tuple(_subject_values(campaign, "phone_number")),
        scope=ALL_CALLS.joined(),
        reason=Words("短时间内大量呼叫陌生号码", "A burst of calls to strangers").joined(),
        receivers=tuple(to_party(province[name]) for name in _RECEIVERS),
    )
    opinion = {"opinion": SUFFICIENT.joined()}
    fire(order.ref, "approve", _actor(province, "mobile", Role.REVIEWER), opinion, at=now - SENT_BEFORE)
    return order


def _draft_website_order(province: DemoProvince, campaign: Campaign, now: datetime) -> None:
    """Draft an order that waits for its approval."""
    _draft_order(
        province,
        campaign,
        now - timedelta(minutes=3),
        target_kind="site",
        values=tuple(_subject_values(campaign, "website")),
        scope=Words("本省", "This province").joined(),
        reason=Words("仿冒知名品牌的网站", "Websites that imitate well-known brands").joined(),
        receivers=(to_party(province["broadband"]),),
    )


def _draft_order(
    province: DemoProvince, campaign: Campaign, at: datetime, values: tuple[str, ...], **fields: Any
) -> ProcessInstance:
    viewer = _viewer(province, "mobile", Role.ANALYST)
    expires_at = to_ms(at + timedelta(days=7))
    evidence = {"action": "refuse", "expires_at": expires_at, "campaign": campaign.ref, **fields}
    with scoped_to(viewer):
        order, _impact = create_draft(evidence, values, viewer, at)
    return order


def _refuse_leg(province: DemoProvince, order: ProcessInstance) -> None:
    evidence = {
        "refusal": "wrong_subject",
        "explanation": Words("其中号码已携出", "Some of the numbers were ported out").joined(),
    }
    leg = Leg.objects.get(instance=order, receiver=province["virtual"])
    fire(order.ref, "refuse", _actor(province, "virtual", Role.REVIEWER), evidence, leg=leg.name)


def _run_worker_until_verified(leg: Leg) -> None:
    """Run the worker, which retries the verification, until the leg is verified. Raise DemoDataError on timeout."""
    deadline = time.monotonic() + VERIFY_TIMEOUT_SECONDS
    while leg.state != "verified":
        if time.monotonic() > deadline:
            raise DemoDataError(
                "the screens did not prove the order", fix=f"the leg is {leg.state}: look at the worker's log"
            )
        if not run_once():
            time.sleep(0.1)
        leg.refresh_from_db()
    while run_once():
        continue


def _viewer(province: DemoProvince, name: str, role: Role) -> Viewer:
    viewer = build_viewer(province[name], {role.value}, province.people[name, role].pk)
    return viewer._replace(unit=UNIT)


def _actor(province: DemoProvince, name: str, role: Role) -> Actor:
    return to_actor(_viewer(province, name, role))


def _demo_users(province: DemoProvince, order: ProcessInstance) -> Iterator[DemoUser]:
    expected_texts = {**{(name, Role.EXECUTOR): order.ref for name in _RECEIVERS}, ("mobile", Role.ANALYST): order.ref}
    people = (*province.people.items(), *province.colleagues.items())
    for (name, role), person in sorted(people, key=lambda item: list(province.organizations).index(item[0][0])):
        organization = province[name]
        yield DemoUser(
            person.email,
            Words(organization.name_zh, organization.name_en),
            ROLE_WORDS[role],
            expected_texts.get((name, role), organization.name_zh),
            f"{organization.kind}{'' if organization.province else ' national'} {role.value}",
        )
