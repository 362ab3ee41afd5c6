"""The notice of a limit is delivered by proof alone; what else is told is delivered on the word of who did it."""

import pytest
from tests.command.people import World
from tests.command.processes.orders_made import actor, issued, other_notice

from fanzha.command.processes.models import SubjectNotice
from fanzha.command.processes.notice_confirmations import confirm_delivery
from fanzha.command.processes.worker import run_once
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.processes.refusal import Reason, Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def test_the_notice_of_a_limit_needs_proof_and_another_is_confirmed_once(world: World) -> None:
    order, clerk = issued(world), actor(world, "centre", Role.CLERK)
    run_once()
    with unscoped("test"):
        limit = SubjectNotice.objects.get()
        with pytest.raises(Refusal) as refused:
            confirm_delivery(limit, "by letter", clerk)
        assert refused.value.reason is Reason.EVIDENCE
        other = other_notice(order)
        assert confirm_delivery(other, "by letter", clerk) and not confirm_delivery(other, "again", clerk)
        delivered = SubjectNotice.objects.exclude(delivered_at=None).values_list("pk", "delivered_by")
        assert list(delivered) == [(other.pk, "by letter")]
