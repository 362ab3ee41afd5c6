"""The page of impact assessments: one person records, another approves; without the package the page says so."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.command.people import World
from tests.command.reports.reports_made import received

from fanzha.command.reports.models import PictureBasis
from fanzha.command.reports.picture_text import is_installed
from fanzha.command.reports.picture_worker import store_text
from fanzha.command.web.roles import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]
FORM = {"document": "PIA 7", "need": "Numbers stand in pictures", "risks": "Faces", "measures": "Few people"}


def test_one_person_records_and_another_approves(world: World) -> None:
    first, second = world.client("centre", Role.PRIVACY_OFFICER), world.client("centre", Role.LIAISON)
    assert ("is not installed" in first.get("/reports/pictures/").content.decode()) is not is_installed()
    assert first.post("/reports/pictures/", FORM).status_code == 422
    until = (timezone.now() + timedelta(days=30)).strftime("%Y-%m-%dT%H:%M")
    assert first.post("/reports/pictures/", FORM | {"until": until}).status_code == 302
    basis = PictureBasis._base_manager.get()
    address = f"/reports/pictures/{basis.ref}/"
    assert "Approve as second person" not in first.get("/reports/pictures/").content.decode()
    assert "Approve as second person" in second.get("/reports/pictures/").content.decode()
    for browser, do in ((first, "approve"), (second, "approve"), (second, "end")):
        assert browser.post(address, {"do": do}).status_code == 302
    basis.refresh_from_db()
    assert basis.approved_by == world.person("centre", Role.LIAISON) and basis.ended_at is not None
    assert world.client("police", Role.LIAISON).post(address, {"do": "end"}).status_code == 404


def test_the_text_of_a_protected_reporters_picture_is_passed_on_by_nobody_who_may_not_see_it(world: World) -> None:
    report = received(world, screenshots=["0" * 64])
    store_text(report, 1, "They wanted a code")
    address = f"/reports/{report.ref}/pictures/1/pass-on/"
    assert world.client("centre", Role.CLERK).post(address).status_code == 302
    type(report)._base_manager.filter(pk=report.pk).update(protection="asked")
    assert world.client("centre", Role.CLERK).post(address).status_code == 403
