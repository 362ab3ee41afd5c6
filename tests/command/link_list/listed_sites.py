"""A centre that publishes its list: the settings, and verdicts on websites as processes decide them."""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils import timezone
from tests.command.people import World
from tests.command.processes.orders_made import issued
from tests.command.subjects.factories import subject

from fanzha.base.marking import Marking
from fanzha.claims.treatment import Treatment
from fanzha.claims.verdict import Level
from fanzha.command.link_list.models import PendingLink
from fanzha.command.link_list.services import refresh_link_list
from fanzha.command.processes.models import ProcessInstance
from fanzha.command.subjects.models import VerdictRow
from fanzha.command.subjects.services import DecisionDraft, record_decision
from fanzha.command.web.scoping import unscoped

_SETTINGS = '[verdicts]\norganisation = "{name}"\n[link_list]\nenabled = true\nallowed_names = ["own.example"]\n'


def publish(home: Path, world: World, extra: str = "") -> None:
    """Let the centre, which is no made-up one here, publish the list."""
    world["centre"].simulated = False
    world["centre"].save()
    (home / "fanzha.toml").write_text(_SETTINGS.format(name=world["centre"].ref) + extra, "utf-8")


def decide(
    world: World, host: str, treatment: Treatment = Treatment.REFUSE, until: datetime | None = None
) -> ProcessInstance:
    """Decide on a website by an order of the centre."""
    order = issued(world)
    order.simulated = False
    draft = DecisionDraft(Level.SUSPECTED, "经核查", ("ATF Art. 13",), treatment, until)
    with unscoped("test"):
        record_decision(order, [subject(host, "website").pk], draft, timezone.now())
    return order


def judge(world: World, host: str, *, owner: str = "centre", queued: bool = True, **fields: Any) -> VerdictRow:
    """Let a website have a verdict that nobody decided, as fusion writes it."""
    values = {"marking": Marking.CLEAR.value, "level": "suspected", "score": 0.9, "fraud_type": "phishing"}
    values |= {"treatment": "label", "since": timezone.now()}
    about = subject(host, "website")
    with unscoped("test"):
        row = VerdictRow.objects.create(subject=about, owner=world[owner], **(values | fields))
    if queued:
        PendingLink.objects.create(subject=about, queued_at=timezone.now())
    return row


def refresh(now: datetime | None = None) -> None:
    """Run the job."""
    with unscoped("test"):
        refresh_link_list(now or timezone.now())
