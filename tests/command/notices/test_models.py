"""A notice is read by those who limit, those who carry it out and their supervisors, and by nobody else."""

import pytest
from django.utils import timezone
from tests.command.notices.limits_made import limited, settle
from tests.command.people import World
from tests.command.processes.orders_made import mixed_issued

from fanzha.command.notices.models import LimitNotice
from fanzha.command.web.roles import Role

pytestmark = pytest.mark.usefixtures("home")


def test_a_notice_is_readable_with_its_process(world: World) -> None:
    limited(world)
    names = ("centre", "carrier", "administration", "other_carrier", "police", "far_carrier")
    readers = [name for name in names if LimitNotice.as_read_by(world.viewer(name, Role.CLERK)).exists()]
    assert readers == ["centre", "carrier", "administration"]


def test_a_receiver_of_an_order_reads_the_notices_of_what_it_carries_out_alone(world: World) -> None:
    mixed_issued(world)  # a number and a line for the carrier, a site for the provider
    settle()

    def kinds(name: str) -> set[str]:
        return set(LimitNotice.as_read_by(world.viewer(name, Role.CLERK)).values_list("kind", flat=True))

    assert kinds("centre") == kinds("administration") > {"phone_number", "website"}
    assert "website" in kinds("isp") and not kinds("isp") & {"phone_number", "trunk"}
    assert "phone_number" in kinds("carrier") and "website" not in kinds("carrier")


def test_a_notice_is_open_until_it_is_delivered_or_the_limit_has_ended() -> None:
    now = timezone.now()
    assert LimitNotice().is_open
    assert not LimitNotice(delivered_at=now).is_open and not LimitNotice(lifted_at=now).is_open
