"""Emergency numbers and numbers of the spared list are left out of orders; others are not."""

from pathlib import Path

import pytest
from tests.command.orders.given import spare

from fanzha.command.orders.left_out import left_out, protected, spared
from fanzha.dispose import Target

pytestmark = pytest.mark.usefixtures("own_home")
EMERGENCY, HOSPITAL = Target("short_code", "110"), Target("phone_number", "+861088000120")
SUSPECT, SITE = Target("phone_number", "+8617000001234"), Target("website", "x.example")


def test_who_is_left_out_is_said_with_why(own_home: Path) -> None:
    spare(own_home, HOSPITAL.value)
    every = [EMERGENCY, HOSPITAL, SUSPECT, SITE]
    assert protected(every).keys() == {EMERGENCY} and spared(every, 0).keys() == {HOSPITAL}
    assert left_out(every, 0).keys() == {EMERGENCY, HOSPITAL}
    assert "a made-up hospital" in left_out(every, 0)[HOSPITAL].en
