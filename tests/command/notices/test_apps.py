"""When the log erases a person, the notices about the person are blanked."""

import pytest
from tests.command.notices.limits_made import limited, notice_of
from tests.command.people import World

from fanzha.command.audit.services import person_erased

pytestmark = pytest.mark.usefixtures("home", "in_english")


def test_the_erasure_of_a_person_blanks_the_notices(world: World) -> None:
    notice = limited(world)
    person_erased.send(sender=None, person=notice.instance.ref)
    assert notice_of(notice.instance).shown == ""
