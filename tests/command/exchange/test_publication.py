"""What was decided is in the collections of its owner with the next run, and what is withdrawn is revoked."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.command.exchange.exchange_world import SUSPECTED, collection_of, decide
from tests.command.people import World
from tests.command.subjects.factories import subject
from tests.share.shared_items import campaign, verdict

from fanzha.base.marking import Marking
from fanzha.claims.verdict import Level
from fanzha.command.audit.models import LogEntry
from fanzha.command.exchange.models import Collection, PendingShare, SharedObject, WithheldCount
from fanzha.command.exchange.publication import _without_withheld, share_pending
from fanzha.command.subjects.models import OpinionRow
from fanzha.command.subjects.opinions import retract_opinion
from fanzha.command.subjects.services import OpinionDraft, give_opinions
from fanzha.command.subjects.tasks import end_verdicts
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.share.items import SharedCampaign, SharedVerdict

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def last(collection: Collection, type_: str = "indicator") -> list[dict[str, Any]]:
    """Return the last versions of a type, in order."""
    with unscoped("test"):
        rows = SharedObject.objects.filter(collection=collection, stix_type=type_, is_last=True).order_by("pk")
        return [json.loads(bytes(row.body)) for row in rows]


def withdraw(world: World) -> None:
    """Withdraw the last opinion of the centre."""
    with unscoped("test"):
        row = OpinionRow.objects.filter(withdrawn_at=None).latest("pk")
    retract_opinion(row, "a mistake", world.viewer("centre", Role.ANALYST), timezone.now())


def test_a_decision_is_an_indicator_with_the_next_run(world: World) -> None:
    collection = collection_of(world)
    decide(world, "login.example.com")
    assert share_pending(timezone.now()) > 0
    (indicator,) = last(collection)
    assert indicator["pattern"] == "[domain-name:value = 'login.example.com']"
    assert indicator["labels"] == ["phishing"] and indicator["description"] == "仿冒银行 / copies a bank"
    with unscoped("test"):
        assert not PendingShare.objects.exists()
        assert LogEntry.objects.filter(kind="objects_shared").count() == 1


def test_what_was_decided_before_is_brought_in_when_a_collection_is_made(world: World) -> None:
    decide(world, "login.example.com")
    assert len(last(collection_of(world))) == 1


def test_a_withdrawn_verdict_is_revoked_and_stated_again_it_is_a_new_object(world: World) -> None:
    collection = collection_of(world)
    decide(world, "login.example.com")
    share_pending(timezone.now())
    (before,) = last(collection)
    withdraw(world)
    share_pending(timezone.now())
    (after,) = last(collection)
    assert after["id"] == before["id"] and after["revoked"] and after["modified"] > before["modified"]
    decide(world, "login.example.com")
    share_pending(timezone.now())
    revoked, again = last(collection)
    assert revoked["id"] == before["id"] != again["id"] and "revoked" not in again


def test_nothing_changed_is_no_new_version(world: World) -> None:
    collection = collection_of(world)
    row = decide(world, "login.example.com")
    share_pending(timezone.now())
    with unscoped("test"):
        PendingShare.objects.create(owner=world["centre"], subject=row, queued_at=timezone.now())
        assert share_pending(timezone.now()) == 0
        assert SharedObject.objects.filter(collection=collection, stix_type="indicator").count() == 1


def test_a_changed_verdict_is_a_new_version_of_the_same_object(world: World) -> None:
    collection = collection_of(world)
    row = decide(world, "login.example.com")
    share_pending(timezone.now())
    weaker = OpinionDraft(Level.SUSPECTED, score=0.95, fraud_type="phishing")
    give_opinions([row], weaker, world.viewer("centre", Role.ANALYST), timezone.now())
    share_pending(timezone.now())
    with unscoped("test"):
        rows = list(SharedObject.objects.filter(collection=collection, stix_type="indicator").order_by("pk"))
    assert [(one.is_first, one.is_last) for one in rows] == [(True, False), (False, True)]
    assert rows[0].version_at < rows[1].version_at and rows[0].added_at < rows[1].added_at
    assert json.loads(bytes(rows[0].body))["created"] == json.loads(bytes(rows[1].body))["created"]


def test_what_ended_at_its_time_is_not_revoked(world: World) -> None:
    collection = collection_of(world)
    now = timezone.now()
    until = OpinionDraft(Level.SUSPECTED, score=1.0, until=now + timedelta(hours=1))
    row = subject("login.example.com", "website")
    give_opinions([row], until, world.viewer("centre", Role.ANALYST), now)
    share_pending(now)
    with unscoped("test"):
        end_verdicts(now + timedelta(hours=2))
        share_pending(now + timedelta(hours=2))
    (indicator,) = last(collection)
    assert "valid_until" in indicator and "revoked" not in indicator


def test_opinions_of_others_and_machines_alone_are_not_passed_on(world: World) -> None:
    collection = collection_of(world)
    green = OpinionDraft(Level.SUSPECTED, score=1.0, marking=Marking.GREEN)
    for owner in ("carrier", "bank", "platform"):
        decide(world, "login.example.com", owner=owner, draft=green)
    with unscoped("test"):
        PendingShare.objects.create(
            owner=world["centre"], subject=subject("login.example.com", "website"), queued_at=timezone.now()
        )
    share_pending(timezone.now())
    assert last(collection) == []


def test_stricter_than_the_collection_and_red_stay_at_home_and_are_counted(world: World) -> None:
    collection = collection_of(world, ceiling=Marking.GREEN)
    decide(world, "amber.example.com")
    red = OpinionDraft(Level.SUSPECTED, score=1.0, marking=Marking.RED)
    decide(world, "red.example.com", draft=red)
    share_pending(timezone.now())
    assert last(collection) == []
    with unscoped("test"):
        counts = dict(WithheldCount.objects.values_list("reason", "count"))
    assert counts == {"marking": 1, "red": 1}


def test_only_the_kinds_of_a_collection_go_in(world: World) -> None:
    collection = collection_of(world, kinds=["host"])
    decide(world, "login.example.com")
    decide(world, "203.0.113.7", "host")
    share_pending(timezone.now())
    assert [one["pattern"] for one in last(collection)] == ["[ipv4-addr:value = '203.0.113.7']"]


def test_made_up_data_stays_among_made_up_organisations(world: World) -> None:
    collection = collection_of(world)
    with unscoped("test"):
        world["centre"].__class__.objects.filter(pk=world["centre"].pk).update(simulated=False)
    made_up = OpinionDraft(Level.SUSPECTED, score=1.0, simulated=True)
    decide(world, "login.example.com", draft=made_up)
    share_pending(timezone.now())
    assert last(collection) == []


def test_the_frame_names_owner_extensions_and_admitted_markings(world: World) -> None:
    collection = collection_of(world, ceiling=Marking.GREEN)
    decide(world, "login.example.com", draft=OpinionDraft(Level.SUSPECTED, score=1.0, marking=Marking.GREEN))
    share_pending(timezone.now())
    assert {one["name"] for one in last(collection, "marking-definition")} == {"TLP:CLEAR", "TLP:GREEN"}
    assert "示例centre" in {one["name"] for one in last(collection, "identity")}
    assert SUSPECTED.marking is Marking.AMBER


def test_the_report_of_a_campaign_names_only_what_was_released() -> None:
    released: list[SharedVerdict | SharedCampaign] = [
        campaign(subjects=("a", "withheld")),
        verdict("website", "a.example.com", key="a"),
    ]
    (named,) = (item for item in _without_withheld(released) if isinstance(item, SharedCampaign))
    assert named.subjects == ("a",)
