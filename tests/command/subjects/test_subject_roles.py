"""No process limits or suspects a victim who is nothing else; who is both needs a second person."""

from datetime import UTC, datetime
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import timezone
from tests.command.people import World
from tests.command.processes.orders_made import actor, drafted
from tests.command.processes.test_api import Caller
from tests.command.subjects.factories import NUMBER, finding_row, subject

from fanzha.base.clock import to_ms
from fanzha.base.ids import digest
from fanzha.claims.verdict import Level
from fanzha.command.processes.models import ProcessInstance
from fanzha.command.processes.parties import to_party
from fanzha.command.processes.services import About, fire, open_process
from fanzha.command.subjects.models import VerdictRow
from fanzha.command.subjects.opinions import OpinionDraft, give_opinions
from fanzha.command.subjects.subject_roles import VictimThings, find_victims
from fanzha.command.subjects.verdicts import SubjectOwner, refresh_expired_verdicts, refresh_verdicts
from fanzha.command.web.roles import Kind, Role
from fanzha.command.web.scoping import unscoped
from fanzha.processes.refusal import Refusal

pytestmark = pytest.mark.django_db
THING = digest("phone_number", NUMBER)


def warn(world: World, **changes: Any) -> None:
    """Find the number to be that of a victim."""
    finding_row(world["bank"], subject(NUMBER), fraud_type="victim_at_risk", role="victim", **changes)


def flag_card(world: World, about: About | None = None, **evidence: Any) -> ProcessInstance:
    """A card whose identity a carrier wants to verify again; it is limited if nobody answers."""
    given = {"cause": "dormant", "findings": ("made up",), "card": NUMBER} | evidence
    analyst = actor(world, "carrier", Role.ANALYST)
    return open_process("card_rereview", "flag", world["carrier"], analyst, given, about=about)


def test_a_value_is_a_victim_only_partly_or_not_at_all(world: World) -> None:
    assert find_victims([THING]) == VictimThings(frozenset(), frozenset())
    warn(world)
    assert find_victims([THING]) == VictimThings(frozenset({THING}), frozenset())
    finding_row(world["centre"], subject(NUMBER))
    assert find_victims([THING]) == VictimThings(frozenset(), frozenset({THING}))


def test_a_victim_is_refused_by_every_process_that_limits_with_what_to_do_instead(world: World) -> None:
    warn(world)
    with pytest.raises(Refusal) as refused:
        flag_card(world)
    assert "Warn the person instead" in refused.value.fields["card"].en and "劝阻" in refused.value.words.zh
    assert not ProcessInstance._base_manager.exists()


def test_the_page_and_the_api_refuse_her_too(world: World) -> None:
    warn(world)
    client = world.client("carrier", Role.ANALYST)
    page = client.post(
        reverse("process_open", args=["card_rereview", "flag"]),
        {"cause": "dormant", "findings": "made up", "card": NUMBER},
    )
    assert page.status_code == 422 and "this is a victim" in page.content.decode()
    evidence = {"cause": "dormant", "findings": ["made up"], "card": NUMBER}
    body = {"process": "card_rereview", "event": "flag", "evidence": evidence}
    answer = Caller(world, "carrier", "analyst").post("/instances", body)
    assert answer.status_code == 422 and "受害人" in answer.content.decode()
    assert not ProcessInstance._base_manager.exists()


def test_an_emergency_order_on_one_who_is_both_waits_for_the_second_person(world: World) -> None:
    warn(world)
    finding_row(world["centre"], subject(NUMBER))
    order = drafted(world)
    evidence = {"danger": "made up", "expires_at": to_ms(timezone.now()) + 3_600_000}
    with pytest.raises(Refusal, match="second person"):
        fire(order.ref, "issue_emergency", actor(world, "centre", Role.DUTY_OFFICER), evidence)
    fire(order.ref, "approve", actor(world, "centre", Role.REVIEWER), {"opinion": "saw both"})
    order.refresh_from_db()
    assert order.state == "issued"


def test_a_limit_begins_by_another_person_than_any_before(world: World) -> None:
    card, deputy = flag_card(world), actor(world, "carrier", Role.DUTY_OFFICER, Role.ANALYST, Role.REVIEWER)
    fire(card.ref, "grade", deputy, {"grade": "b", "reason": "odd"})
    proposal = {"measure": "limit", "reason": "odd", "network": (to_party(world["carrier"]),)}
    fire(card.ref, "propose_limit", actor(world, "carrier", Role.ANALYST), proposal)
    warn(world)
    finding_row(world["centre"], subject(NUMBER))
    with pytest.raises(Refusal, match="second person"):
        fire(card.ref, "approve_limit", deputy, {"opinion": "yes"})
    assert fire(card.ref, "approve_limit", actor(world, "carrier", Role.REVIEWER), {"opinion": "saw both"}).steps


def test_a_limit_does_not_begin_on_who_has_come_to_be_a_victim(world: World) -> None:
    card = flag_card(world)
    fire(card.ref, "grade", actor(world, "carrier", Role.ANALYST), {"grade": "b", "reason": "odd"})
    proposal = {"measure": "limit", "reason": "odd", "network": (to_party(world["carrier"]),)}
    fire(card.ref, "propose_limit", actor(world, "carrier", Role.ANALYST), proposal)
    warn(world)
    with pytest.raises(Refusal, match="this is a victim"):
        fire(card.ref, "approve_limit", actor(world, "carrier", Role.REVIEWER), {"opinion": "yes"})


def test_money_is_not_followed_onto_the_account_of_a_victim(world: World) -> None:
    now, clerk = timezone.now(), actor(world, "bank", Role.EXECUTOR)
    banks = (to_party(world["bank"]),)
    evidence = {"victim": "a made-up person", "accounts": ("card:6222021234567890128",), "amount": 5_000}
    evidence |= {"paid_at": to_ms(now), "banks": banks, "hold_ends_at": to_ms(now) + 3_600_000}
    stop = open_process("stop_payment", "request", world["police"], actor(world, "police", Role.ANALYST), evidence)
    fire(stop.ref, "approve", actor(world, "police", Role.REVIEWER), {"opinion": "as the report says"})
    world.join("next_bank", Kind.BANK, "51")
    hers = "card:6222020000000000000"
    finding_row(world["police"], subject(hers, "payment_account"), fraud_type="victim_at_risk", role="victim")
    moved = {"next_bank": to_party(world["next_bank"]), "next_accounts": (hers,), "amount": 5_000}
    with pytest.raises(Refusal) as refused:
        fire(stop.ref, "report_moved_on", clerk, moved, leg="1")
    assert "this is a victim" in refused.value.fields["next_accounts"].en
    assert fire(stop.ref, "report_moved_on", clerk, moved | {"next_accounts": ("card:6222021234567890128",)}, leg="1")


def test_findings_on_a_victim_make_no_verdict(world: World) -> None:
    warn(world, score=1.0, valid_until=datetime(2099, 1, 1, tzinfo=UTC))
    pair = SubjectOwner(subject(NUMBER).pk, world["bank"].pk)
    refresh_verdicts([pair], timezone.now())
    assert not VerdictRow._base_manager.exists()
    finding_row(world["bank"], subject(NUMBER), score=1.0, valid_until=datetime(2099, 1, 1, tzinfo=UTC))
    refresh_verdicts([pair], timezone.now())
    assert VerdictRow._base_manager.get().level == "suspected"


def test_no_opinion_suspects_a_victim_and_clearing_her_is_allowed(world: World) -> None:
    warn(world)
    viewer = world.viewer("bank", Role.ANALYST)
    with pytest.raises(Refusal, match="this is a victim"):
        give_opinions([subject(NUMBER)], OpinionDraft(Level.SUSPECTED, score=0.9), viewer, timezone.now())
    assert give_opinions([subject(NUMBER)], OpinionDraft(Level.CLEAR), viewer, timezone.now())


def test_verdicts_of_old_state_end(world: World) -> None:
    warn(world)
    now = timezone.now()
    old = VerdictRow._base_manager.create(
        subject=subject(NUMBER), owner=world["bank"], marking="amber", level="suspected", score=0.9,
        fraud_type="victim_at_risk", treatment="label", since=now, until=None, why=[],
    )  # fmt: skip
    migration = import_module("fanzha.command.subjects.migrations.0003_victims_without_verdict")
    with unscoped("test"):
        migration.expire_verdicts(apps, None)
    assert refresh_expired_verdicts(timezone.now()) == 1
    old.refresh_from_db()
    assert old.superseded_at is not None
