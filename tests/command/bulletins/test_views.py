"""Pages of the desks: the owner sees all, a company its part, a figure opens its cases, figures are not typed."""

import re

import pytest
from django.utils import timezone
from tests.command.bulletins.bulletins_made import drafted, leg_of, made_month, published, sent
from tests.command.people import World

from fanzha.command.bulletins.models import Bulletin, BulletinText
from fanzha.command.bulletins.views import MonthForm, SectionForm
from fanzha.command.processes.models import Notification
from fanzha.command.processes.outbox_worker import deliver_due
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def _page(world: World, bulletin: Bulletin, name: str, role: Role = Role.ANALYST, language: str = "en") -> str:
    answer = world.client(name, role, language=language).get(f"/monthly-bulletins/{bulletin.ref}/")
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_an_analyst_drafts_the_bulletin_of_a_month(world: World) -> None:
    browser = world.client("centre", Role.ANALYST)
    assert browser.post("/monthly-bulletins/draft/", {"month": "soon"}).status_code == 422
    answer = browser.post("/monthly-bulletins/draft/", {"month": "2026-09"})
    assert answer.status_code == 302
    assert browser.post("/monthly-bulletins/draft/", {"month": "2026-09"}).status_code == 422
    assert "September 2026" in browser.get("/monthly-bulletins/").content.decode()


def test_the_owner_sees_every_company_and_a_company_itself_alone(world: World) -> None:
    made_month(world)
    bulletin = sent(world)
    whole = _page(world, bulletin, "centre")
    assert "Example carrier" in whole and "Example other_carrier" in whole
    own = _page(world, bulletin, "carrier")
    assert "58/60" in re.sub(r"<[^>]+>", "", own)
    assert "other_carrier" not in own and "Example mvno" not in own and "All together" not in own


def test_a_company_sees_nothing_before_the_draft_was_sent_nor_one_that_was_not_asked(world: World) -> None:
    made_month(world)
    bulletin = drafted(world)
    address = f"/monthly-bulletins/{bulletin.ref}/"
    assert world.client("carrier", Role.ANALYST).get(address).status_code == 404
    assert world.client("far_carrier", Role.ANALYST).get(address).status_code == 404
    assert bulletin.ref not in world.client("carrier", Role.ANALYST).get("/monthly-bulletins/").content.decode()


def test_every_figure_opens_to_its_cases(world: World) -> None:
    made_month(world)
    bulletin = sent(world)
    address = f"/monthly-bulletins/{bulletin.ref}/cases/report_settled/"
    centre = world.client("centre", Role.ANALYST)
    carrier = world["carrier"].ref
    assert "60 rows" in centre.get(address, {"company": carrier}).content.decode()
    assert "58 rows" in centre.get(address, {"company": carrier, "part": "yes"}).content.decode()
    assert "120 rows" in centre.get(address).content.decode()
    company = world.client("carrier", Role.ANALYST)
    assert "60 rows" in company.get(address).content.decode()
    assert "0 rows" in company.get(address, {"company": world["other_carrier"].ref}).content.decode()
    assert centre.get(f"/monthly-bulletins/{bulletin.ref}/cases/rank/").status_code == 404


def test_a_wording_is_changed_with_its_history_and_figures_are_not_typed(world: World) -> None:
    made_month(world)
    bulletin = drafted(world)
    browser = world.client("centre", Role.ANALYST)
    address = f"/monthly-bulletins/{bulletin.ref}/text/opening/"
    typed = browser.post(address, {"zh": "办结率为98%。", "en": "Handled: {report_settled}."})
    assert typed.status_code == 422 and "use a slot" in typed.content.decode()
    unknown = browser.post(address, {"zh": "{rank}", "en": "Handled: {report_settled}."})
    assert unknown.status_code == 422
    assert (
        browser.post(address, {"zh": "办结率为{report_settled}。", "en": "Handled: {report_settled}."}).status_code
        == 302
    )
    with unscoped("test"):
        assert BulletinText.objects.filter(bulletin=bulletin, section="opening", language="en").count() == 2
    assert "Handled: 75.00% (90/120" in _page(world, bulletin, "centre")
    assert "75.00%（90/120件" in _page(world, bulletin, "centre", language="zh-hans")
    assert "the template" in browser.get(address).content.decode()


def test_the_text_is_closed_while_companies_reply(world: World) -> None:
    made_month(world)
    bulletin = sent(world)
    browser = world.client("centre", Role.ANALYST)
    sent_text = browser.post(f"/monthly-bulletins/{bulletin.ref}/text/opening/", {"zh": "甲", "en": "A"})
    assert sent_text.status_code == 422
    assert "Edit the text" not in browser.get(f"/monthly-bulletins/{bulletin.ref}/").content.decode()


def test_after_the_publication_the_desk_leads_to_the_public_page(world: World) -> None:
    made_month(world)
    bulletin = published(world)
    assert f"/bulletins/{bulletin.ref}/" in _page(world, bulletin, "carrier")
    assert "A queue stood still" in _page(world, bulletin, "centre", Role.REVIEWER)


def test_a_company_is_told_that_its_reply_is_due_and_sees_its_figures_on_the_form(world: World) -> None:
    made_month(world)
    bulletin = sent(world)
    deliver_due(timezone.now())
    with unscoped("test"):
        told = set(Notification.objects.filter(instance__ref=bulletin.ref).values_list("owner__name_en", flat=True))
    assert {"Example carrier", "Example other_carrier", "Example mvno"} <= told
    browser, leg = world.client("carrier", Role.ANALYST), leg_of(bulletin, world, "carrier")
    assert "Reply" in browser.get("/").content.decode()
    form = browser.get(f"/processes/{bulletin.ref}/do/reply/", {"leg": leg}).content.decode()
    assert "96.67% (58/60" in form and "other_carrier" not in form


def test_the_rows_of_a_rate_are_those_that_its_numerator_counts(world: World) -> None:
    made_month(world)
    bulletin = sent(world)
    address = f"/monthly-bulletins/{bulletin.ref}/cases/reports_per_million/"
    page = world.client("centre", Role.ANALYST).get(address, {"company": world["carrier"].ref}).content.decode()
    assert "60 rows that the numerator counts" in page and "Legs " in page
    assert "30.00 per million subscribers" in _page(world, bulletin, "centre")


def test_a_month_is_read() -> None:
    form = MonthForm({"month": "2026-10"})
    assert form.is_valid() and form.cleaned_data["month"].key == "2026-10"
    assert not MonthForm({"month": "2026-13"}).is_valid() and not MonthForm({"month": "2026-Q4"}).is_valid()


def test_a_wording_is_checked_in_both_languages() -> None:
    form = SectionForm("overall", {"zh": "办结率{report_settled}", "en": "nine of 10"})
    assert not form.is_valid() and set(form.errors) == {"en"}
