"""Rules learn how many targets of orders on their findings were restored."""

import pytest
from django.utils import timezone
from tests.command.orders.test_target_rows import NUMBERS, approve, drafted_on_three
from tests.command.people import World
from tests.command.subjects.factories import finding_row, subject

from fanzha.command.orders.models import OrderTarget
from fanzha.command.orders.wrongful_actions import wrongful_shares
from fanzha.command.processes.models import ProcessInstance
from fanzha.command.web.roles import Role

pytestmark = pytest.mark.usefixtures("exercise_settings")


def test_restored_targets_count_for_the_detector_that_found_them(world: World) -> None:
    for number in NUMBERS[:2]:
        finding_row(world["centre"], subject(number))
    approve(world, drafted_on_three(world))
    OrderTarget._base_manager.filter(value=NUMBERS[0]).update(state="restored")
    ProcessInstance._base_manager.update(simulated=True)  # as of all orders of these made-up organisations
    assert wrongful_shares(world.viewer("centre", Role.ANALYST), timezone.now())["made-up"][:2] == (2, 1)
    assert wrongful_shares(world.viewer("bank", Role.ANALYST), timezone.now()) == {}
