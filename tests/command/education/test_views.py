"""The desk: an editor writes and submits, a reviewer reads beside the steps, the set is approved whole."""

import pytest
from tests.command.education.items_made import (
    draft,
    fresh,
    item_of,
    published,
    quiz_draft,
    runs,
    submitted,
    written,
)
from tests.command.people import World
from tests.command.reports.reports_made import received

from fanzha.command.education.models import EducationItem, EducationVersion
from fanzha.command.education.shipped_items import shipped_items
from fanzha.command.reports.models import Report
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]
FORM = draft().texts | {"kind": "column", "slug": "made-up", "audience": "old", "urgency": "usual", "situation": "loan"}


def only_version() -> EducationVersion:
    with unscoped("test"):
        return EducationVersion.objects.select_related("item").get()


def test_an_editor_writes_sees_the_level_and_submits(world: World) -> None:
    editor = world.client("centre", Role.EDITOR)
    answer = editor.post("/education/new/", FORM, follow=True)
    page = answer.content.decode()
    assert "Reading level of version 1" in page and "Submit for checking" in page
    version = only_version()
    answer = editor.post(f"/education/{version.item.ref}/submit/", follow=True)
    assert answer.status_code == 200 and only_version().state == "draft"


def test_a_text_with_a_fault_offers_no_submission(world: World) -> None:
    editor = world.client("centre", Role.EDITOR)
    page = editor.post(
        "/education/new/", FORM | {"body_en": "## What\nCall 17000000088."}, follow=True
    ).content.decode()
    assert "seems to hold a phone number" in page and "Submit for checking" not in page
    ref = only_version().item.ref
    assert editor.post(f"/education/{ref}/submit/").status_code == 302 and only_version().state == "writing"


def test_an_address_that_is_taken_is_said_at_its_field(world: World) -> None:
    written(world)
    answer = world.client("centre", Role.EDITOR).post("/education/new/", FORM)
    assert answer.status_code == 422 and "address is taken" in answer.content.decode()


def test_a_reviewer_reads_the_text_and_his_steps_on_one_page(world: World) -> None:
    version = submitted(world, written(world))
    page = world.client("centre", Role.REVIEWER).get(f"/education/processes/{version.process}/").content.decode()
    assert "Hang up." in page and "挂断电话。" in page and "Approve" in page and "English: reading grade" in page
    assert (
        world.client("administration", Role.INSPECTOR).get(f"/education/processes/{version.process}/").status_code
        == 200
    )
    assert world.client("carrier", Role.REVIEWER).get(f"/education/processes/{version.process}/").status_code == 404
    step = world.client("centre", Role.REVIEWER).get(f"/processes/{version.process}/do/approve/").content.decode()
    assert f"/education/processes/{version.process}/" in step


def test_editing_what_was_submitted_begins_the_next_version(world: World) -> None:
    version = published(world)
    editor = world.client("centre", Role.EDITOR)
    path = f"/education/{version.item.ref}/edit/"
    assert "becomes the next version" in editor.get(path).content.decode()
    editor.post(path, FORM | {"title_en": "A new title"})
    with unscoped("test"):
        assert list(EducationVersion.objects.order_by("number").values_list("number", "title_en")) == [
            (1, "A job that costs money is a scam"),
            (2, "A new title"),
        ]
    assert item_of(version).live == version


def test_the_set_is_taken_over_by_one_and_approved_by_another(world: World) -> None:
    editor, reviewer = world.client("centre", Role.EDITOR), world.client("centre", Role.REVIEWER)
    count = len(shipped_items())
    assert f"{count} items are not taken over yet" in editor.get("/education/set/").content.decode()
    assert editor.post("/education/set/", {"do": "submit"}).status_code == 302
    assert editor.post("/education/set/", {"do": "approve", "checked": "All read."}).status_code == 200
    page = reviewer.get("/education/set/").content.decode()
    assert f"{count} items wait for their check" in page and "刷单返利就是诈骗" in page
    assert reviewer.post("/education/set/", {"do": "approve", "checked": ""}).status_code == 422
    assert reviewer.post("/education/set/", {"do": "approve", "checked": "All read."}).status_code == 302
    with unscoped("test"):
        assert EducationItem.objects.exclude(live=None).count() == count


def test_the_page_of_an_item_states_its_result_with_n(world: World) -> None:
    lesson, quiz = published(world), published(world, quiz_draft())
    reader = world.client("centre", Role.INSPECTOR)
    assert "0 of 30" in reader.get(f"/education/{lesson.item.ref}/").content.decode()
    runs(quiz, lesson, 40)
    page = reader.get(f"/education/{lesson.item.ref}/").content.decode()
    assert "Result of 40 quizzes" in page and "n = 80" in page


def test_the_list_shows_own_items(world: World) -> None:
    submitted(world, written(world))
    page = world.client("centre", Role.EDITOR).get("/education/", {"kind": "column"}).content.decode()
    assert "A job that costs money is a scam" in page and "to be checked" in page
    assert "A job that costs" not in world.client("carrier", Role.EDITOR).get("/education/").content.decode()


def test_a_white_paper_is_drafted_from_the_reports_of_the_period(world: World) -> None:
    for _ in range(12):
        received(world)
    with unscoped("test"):
        Report.objects.update(state="opened", received_at="2026-10-10T03:00:00Z")
    editor = world.client("centre", Role.EDITOR)
    page = editor.post(
        "/education/paper/", {"begins": "2026-10-01", "ends": "2026-10-31"}, follow=True
    ).content.decode()
    assert "- Phone calls: 12 reports" in page
    version = fresh(only_version())
    assert version.item.kind == "paper" and version.figures["total"] == 12
