"""Bases offer what the viewer may do, files say why rows were rejected, and cases show counts."""

from collections import Counter

import pytest
from django.utils import timezone
from tests.command.exposures.exposures_made import NUMBER, SITE, basis_draft, confirmed_basis, log_of, read_log_of
from tests.command.people import World

from fanzha.command.exposures.bases import enter_basis
from fanzha.command.exposures.presenters import REJECT_WORDS, present_basis, present_figures, present_file
from fanzha.command.exposures.selectors import ExposureCase
from fanzha.command.web.roles import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def test_a_basis_offers_what_the_viewer_may_do(world: World) -> None:
    first, second, now = (
        world.person("carrier", Role.LIAISON),
        world.person("carrier", Role.PRIVACY_OFFICER),
        timezone.now(),
    )
    basis = enter_basis(world["carrier"], basis_draft(), first)
    assert [present_basis(basis, person, now).may_confirm for person in (first, second, None)] == [False, True, False]
    assert present_basis(basis, first, now).may_withdraw and not present_basis(basis, None, now).may_withdraw
    assert present_basis(confirmed_basis(world), first, now).badge.word == "in force"


def test_a_file_says_why_rows_were_rejected(world: World) -> None:
    row = present_file(read_log_of(world, confirmed_basis(world), log_of(("nobody", SITE), (NUMBER, ""))))
    assert row.rejects == ((REJECT_WORDS["host"].en, 1), (REJECT_WORDS["number"].en, 1))


def test_a_case_shows_who_was_not_warned() -> None:
    now = timezone.now()
    case = ExposureCase("C", (SITE,), 5, 9, now, now, Counter({"sent": 2, "cancelled": 1}))
    assert case.unwarned == 3
    assert [figure.number for figure in present_figures(case)] == ["5", "9", "3", "1", "2"]
