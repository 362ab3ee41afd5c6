"""The text of a picture is proposed to the desk and scored; receivers get it only when somebody passes it on."""

import pytest
from django.utils import timezone
from tests.command.people import World
from tests.command.reports.reports_made import passed_on, received

from fanzha.command.processes.models import Step
from fanzha.command.reports import picture_worker
from fanzha.command.reports.models import Report
from fanzha.command.reports.picture_worker import find_unread, pass_text_on, read_pictures, read_pictures_of, store_text
from fanzha.command.reports.screenshot_store import picture_name
from fanzha.command.reports.services import add_picture
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.processes.refusal import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]
TEXT = "您的快递丢失，加客服微信赔偿，联系170 0000 0021，需提供验证码。我的号码17000000088"


def handled(world: World) -> Report:
    report, process = received(world, contact="+8617000000088", screenshots=["0" * 64]), passed_on(world)
    Report._base_manager.filter(pk=report.pk).update(process=process.ref, state="opened")
    report.refresh_from_db()
    return report


def test_nothing_is_read_without_an_assessment(world: World) -> None:
    handled(world)
    assert find_unread(world["centre"].pk).count() == 1 and read_pictures(world["centre"].pk, timezone.now()) == 0


def test_a_picture_that_is_gone_is_stored_with_the_reason_and_not_tried_again(world: World) -> None:
    (row,) = read_pictures_of(handled(world))
    assert "the picture is gone" in row.problem and not find_unread(world["centre"].pk).exists()


def test_a_reader_that_is_killed_between_two_pictures_leaves_none_read(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    report, done = handled(world), list[str]()
    Report._base_manager.filter(pk=report.pk).update(screenshots=["0" * 64, "1" * 64])
    report.refresh_from_db()

    def find_and_die(name: str) -> None:
        done.append(name)
        if len(done) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(picture_worker, "find_screenshot", find_and_die)
    with pytest.raises(KeyboardInterrupt):
        read_pictures_of(report)
    assert find_unread(world["centre"].pk).get() == report, "the second picture is not lost"
    assert [row.number for row in read_pictures_of(report)] == [1, 2]


def test_a_picture_that_is_added_later_is_read_alone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_worker, "find_screenshot", lambda name: None)
    report, second = handled(world), b"the second"
    read_pictures_of(report)
    add_picture(report, second)
    add_picture(report, second, "What I wrote beside the same picture")
    assert find_unread(world["centre"].pk).get().screenshots == ["0" * 64, picture_name(second)]
    assert [row.number for row in read_pictures_of(report)] == [2]
    assert not find_unread(world["centre"].pk).exists()
    add_picture(report, b"the third")
    with pytest.raises(Refusal):  # facts were added three times
        add_picture(report, b"the fourth", "One more")
    with unscoped("test"):
        texts = [step.personal["facts"] for step in Step.objects.filter(event="add_facts").order_by("number")]
    assert texts == [
        "举报人补充了第2张截图。 The reporter added picture 2.",
        "What I wrote beside the same picture",
        "举报人补充了第3张截图。 The reporter added picture 3.",
    ]


def test_a_flood_that_is_held_back_is_not_read_and_networks_take_turns(world: World) -> None:
    received(world, screenshots=["0" * 64])
    made = [
        received(world, address=address, screenshots=["0" * 64]) for address in ("192.0.2.1",) * 3 + ("198.51.100.1",)
    ]
    Report._base_manager.filter(pk__in=[report.pk for report in made]).update(state="opened")
    assert list(find_unread(world["centre"].pk)) == [made[0], made[3], made[1], made[2]]


def test_the_text_is_proposed_with_its_numbers_and_passed_on_without_the_reporters_own(world: World) -> None:
    report = handled(world)
    row = store_text(report, 1, TEXT)
    assert {found["value"] for found in row.found} == {"+8617000000021", "+8617000000088"}
    assert Report._base_manager.get(pk=report.pk).score == row.score
    page = world.client("centre", Role.CLERK).get(f"/reports/{report.ref}/").content.decode()
    assert "Text in the pictures" in page and "17000000021" not in page
    pass_text_on(world.viewer("centre", Role.CLERK), report, 1)
    with unscoped("test"):
        facts = Step.objects.get(instance__ref=report.process, event="add_facts").personal["facts"]
    assert "170 0000 0021" in facts and "17000000088" not in facts


def test_what_has_no_text_or_no_process_is_not_passed_on(world: World) -> None:
    viewer, waiting = world.viewer("centre", Role.CLERK), received(world, screenshots=["0" * 64])
    store_text(waiting, 1, TEXT)
    for number in (1, 2):
        with pytest.raises(Refusal):
            pass_text_on(viewer, waiting, number)
