"""Who may read rows of bulletins: the owner, who supervises it, and each company what is about itself."""

import pytest
from tests.command.bulletins.bulletins_made import drafted, made_month, sent
from tests.command.people import World

from fanzha.command.bulletins.models import Bulletin, BulletinCase, BulletinFigure, BulletinText
from fanzha.command.web.roles import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def _counts(world: World, name: str) -> tuple[int, int, int, int]:
    viewer = world.viewer(name, Role.ANALYST)
    models = (Bulletin, BulletinFigure, BulletinCase, BulletinText)
    return tuple(model.as_read_by(viewer).count() for model in models)  # type: ignore[return-value]


def test_rows_are_read_by_the_owner_its_supervisor_and_the_company_concerned(world: World) -> None:
    made_month(world)
    drafted(world)
    assert _counts(world, "carrier") == (0, 0, 0, 0)
    assert _counts(world, "far_carrier") == (0, 0, 0, 0)
    whole = _counts(world, "centre")
    assert whole[0] == 1 and whole[3] == 16
    assert _counts(world, "ministry") == whole


def test_a_company_reads_its_own_rows_once_it_was_asked(world: World) -> None:
    made_month(world)
    sent(world)
    assert _counts(world, "mvno") == (1, 10, 50, 0)
    assert _counts(world, "far_carrier") == (0, 0, 0, 0)
