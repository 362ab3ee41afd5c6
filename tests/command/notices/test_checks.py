"""Who may withdraw the appeal of a person: the person, or an office by the person's own request."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.command.notices.limits_made import limited, limited_card, settle
from tests.command.people import World
from tests.command.processes.orders_made import actor

from fanzha.command.notices.appeal_entry import Statement, file_appeal, find_appeal
from fanzha.command.processes.models import SubjectNotice
from fanzha.command.processes.services import fire, store_for_organization
from fanzha.command.processes.worker import fire_due_timers
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.processes.refusal import Refusal

pytestmark = pytest.mark.usefixtures("home", "in_english")
COURIER = Statement("I deliver parcels.")


def test_an_office_withdraws_an_appeal_only_by_the_request_of_the_person(world: World) -> None:
    notice = limited(world)
    file_appeal(notice, COURIER, timezone.now())
    appeal, clerk = find_appeal(notice), actor(world, "centre", Role.CLERK)
    assert appeal is not None
    with pytest.raises(Refusal) as refused:
        fire(appeal.instance.ref, "withdraw_appeal", clerk, {"reason": "x"})
    assert "papers" in refused.value.fields
    papers = (store_for_organization(b"I withdraw it.", notice.owner_id),)
    fire(appeal.instance.ref, "withdraw_appeal", clerk, {"reason": "x", "papers": papers})
    appeal.refresh_from_db()
    assert appeal.outcome == "withdrawn"
    with unscoped("test"):
        told = SubjectNotice.objects.filter(instance=appeal.instance).count()
        settle()
        assert SubjectNotice.objects.filter(instance=appeal.instance).count() > told


def test_the_owner_withdraws_no_appeal_that_the_regulator_hears(world: World) -> None:
    notice = limited_card(world)
    file_appeal(notice, COURIER, timezone.now())
    for days in (20, 30):  # the duty officer is told first
        fire_due_timers(timezone.now() + timedelta(days=days))
    papers = (store_for_organization(b"I withdraw it.", notice.owner_id),)
    with pytest.raises(Refusal, match="regulator"):
        clerk = actor(world, "carrier", Role.CLERK)
        fire(notice.instance.ref, "withdraw_appeal", clerk, {"reason": "x", "papers": papers})
