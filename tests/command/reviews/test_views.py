"""By the pages a reviewer draws, two people mark blind, a third settles, and the precision is stated."""

import io
import re
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from tests.command.people import World
from tests.command.reviews.factories import MARKERS, WANTED, drawn, findings, judge, mark_all, settled, viewers

from fanzha.command.reviews.models import ReviewSample
from fanzha.command.subjects.selectors import detector_title
from fanzha.command.web.roles import Role

FORM = {"since": "2026-03-01", "until": "2026-03-03", "score_from": "0", "score_to": "1", "size": "12"}


def page(client: Client, name: str, *args: object) -> str:
    """Return a page without the line that says that the organisation is simulated."""
    answer = client.get(reverse(name, args=args), follow=True)
    assert answer.status_code == 200
    return re.sub(r'<p class="hint made-up">.*?</p>', "", answer.content.decode())


def mark_by_page(client: Client, sample: ReviewSample, marks: dict[str, str]) -> str:
    """Mark item after item as the pages show them; return the last page."""
    at = reverse("review_mark", args=[sample.ref])
    content = client.get(at, follow=True).content.decode()
    while item := re.search(r'name="item" value="(\w+)"', content):
        answer = client.post(at, {"item": item[1], "mark": marks[item[1]]}, follow=True)
        content = answer.content.decode()
    return content


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_sample_is_drawn_marked_twice_and_settled(world: World, language: str) -> None:
    findings(world)
    reviewer = world.client("carrier", Role.REVIEWER, language=language)
    answer = reviewer.post(reverse("review_sample_new"), FORM, follow=True)
    assert answer.status_code == 200
    sample = ReviewSample._base_manager.get()
    first, second, third = (world.client("carrier", role, language=language) for role in MARKERS)
    right = judge(sample)
    content = mark_by_page(first, sample, right)
    assert "0.9" not in content and "kappa" not in content and "κ" not in content
    other = dict.fromkeys(sorted(right)[:2], "unclear")
    content = mark_by_page(second, sample, right | other)
    assert "10 / 12" in content and "n = 12" not in content
    content = mark_by_page(third, sample, right)
    few = {"en": "not enough decisions (n = 12)", "zh-hans": "判定数不足（n = 12）"}[language]
    assert few in content and few in page(reviewer, "review_samples")


def test_the_page_of_an_item_tells_neither_score_nor_detector(world: World) -> None:
    findings(world)
    content = page(world.client("carrier", Role.ANALYST), "review_mark", drawn(world).ref)
    assert "回电170••••••01" in content and "0 of 12 marked" in content
    assert "made-up" not in content and "made up" not in content and "score 0.9" not in content


def test_the_detector_that_was_drawn_from_is_told_once_both_are_done(world: World) -> None:
    findings(world)
    reviewer, sample = world.client("carrier", Role.REVIEWER), drawn(world, WANTED._replace(detector="made-up"))
    for content in (page(reviewer, "review_samples"), page(reviewer, "review_sample", sample.ref)):
        assert detector_title("made-up") not in content and "Sample, " in content
    api = f"/api/v1/reviews/samples/{sample.ref}"
    assert reviewer.get(api).json()["detector"] is None
    for viewer in viewers(world)[:2]:
        mark_all(sample, viewer, judge(sample))
    assert detector_title("made-up") in page(reviewer, "review_sample", sample.ref)
    assert reviewer.get(api).json()["detector"] == "made-up"


def test_a_reviewer_frees_a_place_by_the_page_and_by_the_api(world: World) -> None:
    findings(world)
    sample, reviewer = drawn(world), world.client("carrier", Role.REVIEWER)
    for address, body in (("review_release", {"place": "first"}), ("api", {"place": "first"})):
        mark_all(sample, viewers(world)[0], {min(judge(sample)): "fraud"})
        content = reviewer.get(reverse("review_sample", args=[sample.ref])).content.decode()
        assert "Release the place of" in content
        if address == "api":
            at = f"/api/v1/reviews/samples/{sample.ref}/release"
            assert reviewer.post(at, body, content_type="application/json").status_code == 200
        else:
            answer = reviewer.post(reverse(address, args=[sample.ref]), body, follow=True)
            assert "The place was released" in answer.content.decode()
        sample.refresh_from_db()
        assert sample.first is None


def test_a_wrong_mark_and_an_empty_draw_say_what_to_do(world: World) -> None:
    findings(world)
    sample, analyst = drawn(world), world.client("carrier", Role.ANALYST)
    at = reverse("review_mark", args=[sample.ref])
    assert "Choose one of the three marks" in analyst.post(at, {"item": "m1"}, follow=True).content.decode()
    answer = analyst.post(at, {"item": "m1", "mark": "fraud"}, follow=True)
    assert "is not of this sample" in answer.content.decode()
    reviewer = world.client("carrier", Role.REVIEWER)
    answer = reviewer.post(reverse("review_sample_new"), FORM | {"since": "2026-01-01", "until": "2026-01-02"})
    assert answer.status_code == 422 and "no finding matches" in answer.content.decode()


def test_a_sheet_is_taken_out_and_handed_in(world: World) -> None:
    findings(world)
    sample, analyst = drawn(world), world.client("carrier", Role.ANALYST)
    at = reverse("review_sheet", args=[sample.ref])
    assert analyst.get(at)["Content-Type"] == "text/csv"
    lines = "item,mark\n" + "".join(f"{item},{mark}\n" for item, mark in judge(sample).items())
    answer = analyst.post(at, {"sheet": SimpleUploadedFile("a.csv", lines.encode())}, follow=True)
    assert "Marks read: 12." in answer.content.decode()
    answer = analyst.post(at, {"sheet": SimpleUploadedFile("a.csv", b"a\n1\n")}, follow=True)
    assert "no columns item and mark" in answer.content.decode()
    assert "Choose the marked sheet" in analyst.post(at, {}, follow=True).content.decode()


def test_a_settled_sample_is_taken_out_as_a_folder(world: World) -> None:
    sample, reviewer = settled(world, 12, wrong=1), world.client("carrier", Role.REVIEWER)
    answer = reviewer.post(reverse("review_folder", args=[sample.ref]))
    names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    assert {name.partition("/")[2] for name in names} == {"sample.json", "first.csv", "second.csv", "third.csv"}
    other = drawn(world)
    answer = reviewer.post(reverse("review_folder", args=[other.ref]), follow=True)
    assert "when all disagreements are settled" in answer.content.decode()
