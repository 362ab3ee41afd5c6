"""What the API tells of a notice is masked, and of figures has its intervals."""

import pytest
from tests.command.notices.limits_made import NUMBER, limited
from tests.command.people import World

from fanzha.command.notices.schemas import LimitNoticeOut, NoticeFiguresOut
from fanzha.command.notices.selectors import measure_notices
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to

pytestmark = pytest.mark.usefixtures("home")


def test_a_notice_is_told_without_its_value_and_code(world: World) -> None:
    notice = limited(world)
    told = LimitNoticeOut.of(notice).dict()
    assert NUMBER not in str(told) and notice.code not in str(told) and told["shown"] == notice.shown


def test_figures_have_shares_with_their_n(world: World) -> None:
    viewer = world.viewer("centre", Role.REVIEWER)
    with scoped_to(viewer):
        told = NoticeFiguresOut.of(measure_notices(viewer))
    assert (told.upheld.marked, told.upheld.value, told.hours_to_restore) == (0, None, None)
