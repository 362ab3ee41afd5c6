"""A notice of a limit is registered for each holder, and its end is announced to those who were told of it."""

import pytest
from tests.command.notices.limits_made import limited, notice_of, settle
from tests.command.people import World
from tests.command.processes.orders_made import actor

from fanzha.command.notices.notice_delivery import register_notice
from fanzha.command.processes.models import OutboxItem, SubjectNotice
from fanzha.command.processes.services import fire
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped

pytestmark = pytest.mark.usefixtures("home", "in_english")


def texts(world: World, ref: str) -> int:
    return OutboxItem.objects.filter(effect="send_notice_text", instance__ref=ref).count()


def test_the_end_of_a_limit_is_announced_and_repeats_queue_nothing(world: World) -> None:
    notice = limited(world)
    assert texts(world, notice.instance.ref) == 1
    fire(notice.instance.ref, "roll_back", actor(world, "centre", Role.REVIEWER), {"mistake": "the wrong number"})
    settle()
    assert texts(world, notice.instance.ref) == 2 and notice_of(notice.instance).lifted_at is not None
    with unscoped("test"):
        for told in SubjectNotice.objects.filter(instance=notice.instance):
            register_notice(OutboxItem.objects.get(key=told.key), told)
    assert texts(world, notice.instance.ref) == 2
