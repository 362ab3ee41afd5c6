"""Two people are needed, each act is on record, and an approval says enough to be judged."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.command.exchange.exchange_world import decide
from tests.command.foreign_sharing.foreign_world import (
    DOCUMENT,
    approve,
    collection_for_abroad,
    enter,
    move_end,
    objects_of,
    partner_program,
)
from tests.command.organizations.acting import on_record
from tests.command.people import World

from fanzha.command.exchange.publication import share_pending
from fanzha.command.foreign_sharing.models import ForeignApproval
from fanzha.command.foreign_sharing.services import (
    MAX_DOCUMENT_BYTES,
    confirm_approval,
    make_reading_key,
    open_approvals,
    refuse_approval,
    withdraw_approval,
)
from fanzha.command.organizations.models import ApiKey
from fanzha.command.organizations.selectors import count_partner_keys
from fanzha.command.web.roles import Role
from fanzha.processes.refusal import Reason, Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def test_who_entered_it_can_neither_confirm_nor_refuse_it(world: World) -> None:
    row, person = enter(world), world.person("centre", Role.LIAISON)
    with pytest.raises(Refusal) as confirmed:
        confirm_approval(row, person)
    with pytest.raises(Refusal) as refused:
        refuse_approval(row, person, "it is wrong")
    assert confirmed.value.reason is refused.value.reason is Reason.SAME_PERSON
    row.refresh_from_db()
    assert row.confirmed_at is None and row.refused_at is None


def test_each_act_is_on_record_and_none_is_done_twice(world: World) -> None:
    row, reviewer = approve(world), world.person("centre", Role.REVIEWER)
    (entered,) = on_record("foreign_approval_entered")
    assert entered["sha256"] == row.sha256 and entered["kinds"] == ["file_hash", "link"]
    assert on_record("foreign_approval_confirmed")[0]["sha256"] == row.sha256
    with pytest.raises(Refusal):
        confirm_approval(row, reviewer)
    withdraw_approval(row, reviewer, "the authority ended it")
    with pytest.raises(Refusal):
        withdraw_approval(row, reviewer, "the authority ended it")
    assert len(on_record("foreign_approval_withdrawn")) == 1


def test_what_was_refused_or_withdrawn_is_never_confirmed(world: World) -> None:
    reviewer = world.person("centre", Role.REVIEWER)
    refused, withdrawn = enter(world), enter(world)
    refuse_approval(refused, reviewer, "another number stands there")
    withdraw_approval(withdrawn, reviewer, "entered by mistake")
    for row in (refused, withdrawn):
        with pytest.raises(Refusal):
            confirm_approval(row, reviewer)
    with pytest.raises(Refusal):
        withdraw_approval(refused, reviewer, "once more")
    with pytest.raises(Refusal):
        refuse_approval(enter(world), reviewer, " x ")


def test_a_document_that_was_changed_is_not_confirmed(world: World) -> None:
    row = enter(world)
    ForeignApproval._base_manager.filter(pk=row.pk).update(document=DOCUMENT + b"!")
    row.refresh_from_db()
    with pytest.raises(Refusal, match="not the one"):
        confirm_approval(row, world.person("centre", Role.REVIEWER))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("number", " "),
        ("authority", ""),
        ("purpose", "x"),
        ("kinds", []),
        ("kinds", ["phone_number"]),
        ("valid_until", timezone.now() - timedelta(days=1)),
        ("valid_until", timezone.now() + timedelta(days=2_000)),
        ("document", b""),
        ("document", bytes(MAX_DOCUMENT_BYTES + 1)),
    ],
    ids=["number", "authority", "purpose", "no kind", "kind", "past", "long", "no document", "large document"],
)
def test_terms_that_say_too_little_or_too_much_are_refused(world: World, field: str, value: Any) -> None:
    with pytest.raises(Refusal) as refused:
        enter(world, **{field: value})
    assert field in refused.value.fields


def test_the_partner_is_of_another_country(world: World) -> None:
    with pytest.raises(Refusal) as refused:
        enter(world, partner=world["bank"])
    assert "partner" in refused.value.fields


def test_an_approval_that_begins_later_opens_by_itself_and_its_end_is_on_record(world: World) -> None:
    now = timezone.now()
    decide(world, "a.example.com")
    made = collection_for_abroad(world)
    row = approve(world, valid_from=now + timedelta(days=1))
    assert row.opened_at is None and not objects_of(partner_program(world), made)
    ForeignApproval._base_manager.filter(pk=row.pk).update(valid_from=now - timedelta(days=1))
    assert open_approvals(now) == 1 and open_approvals(now) == 0
    share_pending(now)
    assert objects_of(partner_program(world), made)
    move_end(row, now - timedelta(seconds=1))
    assert open_approvals(now) == 1 and open_approvals(now) == 0
    assert on_record("foreign_approval_expired")


def test_a_key_for_the_partner_ends_with_the_approval(world: World) -> None:
    person = world.person("centre", Role.LIAISON)
    waiting = enter(world)
    with pytest.raises(Refusal):
        make_reading_key(waiting, person)
    row = approve(world)
    secret = make_reading_key(row, person)
    key = ApiKey.find_valid(secret)
    assert key is not None and key.organization == world["partner"] and key.scopes == ["exchange:read"]
    assert (
        key.expires_at == row.valid_until
        and key.shared_by == world["centre"]
        and secret not in str(on_record("key_made"))
    )
    assert count_partner_keys(row.ref) == 1
    withdraw_approval(row, person, "the authority ended it")
    assert ApiKey.find_valid(secret) is None and not count_partner_keys(row.ref) and on_record("key_revoked")


def test_two_approvals_for_one_partner_and_purpose_do_not_hold_at_one_time(world: World) -> None:
    first, reviewer = approve(world), world.person("centre", Role.REVIEWER)
    second = enter(world, kinds=["kit"])
    with pytest.raises(Refusal, match="another approval"):
        confirm_approval(second, reviewer)
    confirm_approval(enter(world, purpose="another purpose"), reviewer)
    later = {"valid_from": second.valid_until, "valid_until": second.valid_until + timedelta(days=1)}
    confirm_approval(enter(world, **later), reviewer)
    withdraw_approval(first, reviewer, "replaced")
    confirm_approval(second, reviewer)
