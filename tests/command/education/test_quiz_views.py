"""A quiz on the public pages: before, the text, after; one anonymous row, whatever is sent twice."""

import re

import pytest
from django.test import Client
from django.utils import timezone
from tests.command.education.items_made import published, quiz_draft
from tests.command.people import World

from fanzha.command.education.models import EducationVersion, QuizRun
from fanzha.command.web.scoping import unscoped

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]
PATH = "/learn/made-up-quiz/quiz/"


def course_of(text: str) -> str:
    found = re.search(r'name="course" value="([^"]+)"', text)
    assert found
    return found[1]


def answer(client: Client, text: str, options: str) -> str:
    """Send an answer for each question of a page."""
    given = {f"q{place}": option for place, option in enumerate(options)}
    data = {"course": course_of(text), "language": "en", "step": "answer", **given}
    return client.post(PATH, data).content.decode()


def read_on(client: Client, text: str) -> str:
    return client.post(PATH, {"course": course_of(text), "language": "en", "step": "read"}).content.decode()


def take(client: Client, before: str, after: str) -> str:
    """Take the quiz: 0 doubts a message, 1 trusts it; frauds are the first and third message of each set."""
    text = answer(client, client.get(PATH, {"language": "en"}).content.decode(), before)
    assert "A job that costs money is a scam" in text
    return answer(client, read_on(client, text), after)


def test_a_finished_quiz_is_one_row_of_counts(world: World, client: Client) -> None:
    published(world)
    published(world, quiz_draft())
    text = take(client, "0011", "0101")
    assert "2 of 4 right" in text and "4 of 4 right" in text and not client.cookies
    with unscoped("test"):
        run = QuizRun.objects.get()
    assert (run.frauds_before, run.hits_before, run.genuine_before, run.alarms_before) == (2, 1, 2, 1)
    assert (run.hits_after, run.alarms_after, run.language, run.in_trial) == (2, 0, "en", False)


def test_a_wrong_answer_is_shown_with_the_right_one_and_why(world: World, client: Client) -> None:
    published(world)
    published(world, quiz_draft())
    text = take(client, "0101", "1101")
    assert text.count("Right would have been:") == 1 and text.count("Why:") == 8
    assert text.index("Your answer was wrong:") < text.index("Right would have been:")


@pytest.mark.parametrize("slug", ["made-up-quiz", "made-up"])
def test_what_was_withdrawn_meanwhile_is_taught_no_more(world: World, client: Client, slug: str) -> None:
    published(world)
    published(world, quiz_draft())
    text = client.get(PATH, {"language": "en"}).content.decode()
    second = read_on(client, answer(client, text, "0101"))
    with unscoped("test"):
        versions = EducationVersion.objects.filter(item__slug=slug)
        assert versions.update(ended_at=timezone.now())
    given = {f"q{place}": "0" for place in range(4)}
    for page in (text, second):
        answered = client.post(PATH, {"course": course_of(page), "language": "en", "step": "answer", **given})
        assert answered.status_code == 302
    with unscoped("test"):
        assert not QuizRun.objects.exists()


def test_who_suspects_everything_is_told_of_the_false_alarms(world: World, client: Client) -> None:
    published(world)
    published(world, quiz_draft())
    assert "genuine message for a fraud" in take(client, "0000", "0000")
    with unscoped("test"):
        run = QuizRun.objects.get()
    assert run.hits_after == 2 and run.alarms_after == 2


def test_the_same_form_counts_once_and_a_forged_one_not_at_all(world: World, client: Client) -> None:
    published(world)
    published(world, quiz_draft())
    text = answer(client, client.get(PATH, {"language": "en"}).content.decode(), "0101")
    second = read_on(client, text)
    for _ in range(2):
        assert "Your result" in answer(client, second, "0101")
    assert client.post(PATH, {"course": "forged", "language": "en"}).status_code == 302
    with unscoped("test"):
        assert QuizRun.objects.count() == 1


def test_a_question_without_an_answer_is_asked_again(world: World, client: Client) -> None:
    published(world)
    published(world, quiz_draft())
    text = answer(client, client.get(PATH, {"language": "en"}).content.decode(), "010")
    assert "Answer every question" in text and "Part 1 of 2" in text


@pytest.mark.parametrize("option", ["0009", "0" * 5_000, "²"])
def test_an_option_that_a_question_does_not_have_is_no_answer(world: World, client: Client, option: str) -> None:
    published(world)
    published(world, quiz_draft())
    text = client.get(PATH, {"language": "en"}).content.decode()
    given = {"q0": option, "q1": "0", "q2": "0", "q3": "0"}
    answered = client.post(PATH, {"course": course_of(text), "language": "en", "step": "answer", **given})
    assert answered.status_code == 422


def test_both_sets_are_asked_and_no_question_twice(world: World, client: Client) -> None:
    published(world)
    published(world, quiz_draft())
    first = client.get(PATH, {"language": "en"}).content.decode()
    second = read_on(client, answer(client, first, "0101"))
    messages = [set(re.findall(r"A made-up message (\w+)", text)) for text in (first, second)]
    assert all(len(found) == 4 for found in messages) and not messages[0] & messages[1]


def test_the_start_of_a_quiz_says_what_is_stored(world: World, client: Client) -> None:
    published(world)
    published(world, quiz_draft())
    text = client.get("/learn/made-up-quiz/", {"language": "en"}).content.decode()
    assert "nothing about you" in text and PATH in text


def test_without_the_text_that_it_is_about_there_is_no_quiz(world: World, client: Client) -> None:
    published(world, quiz_draft())
    assert client.get(PATH).status_code == 404
