"""A rule text is written on a page: checked while typing or by a press, and saved as a draft only."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from tests.command.detection_rules.factories import RULE, in_shadow, operate
from tests.command.people import World

from fanzha.claims.rule_lifecycle import RuleState
from fanzha.command.detection_rules.text_check import STARTER_TEXT
from fanzha.command.web.roles import Role
from fanzha.store.rule_texts import RuleTexts

WRONG = RULE.replace(">= 30", ">= thirty")


def post(client: Client, name: str, *args: object, status: int = 200, **values: str) -> str:
    answer = client.post(reverse(name, args=args), values)
    assert answer.status_code == status
    return answer.content.decode()


@pytest.mark.parametrize(("language", "words"), [("en", "Line 5, column"), ("zh-hans", "第 5 行")])
def test_mistakes_are_named_while_typing_and_by_a_press(world: World, language: str, words: str) -> None:
    operate(world)
    analyst = world.client("carrier", Role.ANALYST, language=language)
    assert words in post(analyst, "detection_rule_check", text=WRONG)
    content = post(analyst, "detection_rule_new", text=WRONG, do="check")
    assert words in content and "thirty" in content and "<html" in content
    assert RuleTexts().list_texts() == []


def test_a_right_text_is_described_in_words(world: World) -> None:
    operate(world)
    content = post(world.client("carrier", Role.ANALYST), "detection_rule_check", text=RULE)
    assert "No errors found." in content and "W309" in content and "when a call has ended" in content


def test_saving_adds_a_draft_and_leaves_what_runs(world: World) -> None:
    running = in_shadow(world)
    analyst = world.client("carrier", Role.ANALYST)
    content = analyst.get(reverse("detection_rule_edit", args=[running])).content.decode()
    assert "version 2" in content
    changed = RULE.replace("  law", "  version 2\n  law").replace(">= 30", ">= 40")
    post(analyst, "detection_rule_edit", running, status=302, text=changed, why="fewer hits", do="save")
    texts = RuleTexts()
    assert texts.select("burst").step.state is RuleState.DRAFT and texts.select("burst").step.why == "fewer hits"
    assert texts.select("burst", running).step.state is RuleState.SHADOW
    assert texts.text(texts.select("burst").text) == changed


def test_what_cannot_be_saved_says_why_and_loses_nothing(world: World) -> None:
    operate(world)
    analyst = world.client("carrier", Role.ANALYST)
    content = post(analyst, "detection_rule_new", status=422, text=WRONG, why="a try", do="save")
    assert "line 5" in content and "&gt;= thirty" in content and "a try" in content
    content = post(analyst, "detection_rule_new", status=422, text=STARTER_TEXT, why="", do="save")
    assert "my_rule" in content and RuleTexts().list_texts() == []


def test_another_text_of_the_same_version_is_refused(world: World) -> None:
    in_shadow(world)
    text = RULE.replace(">= 30", ">= 40")
    content = post(
        world.client("carrier", Role.ANALYST), "detection_rule_new", status=422, text=text, why="a try", do="save"
    )
    assert "has version 1 already" in content


def test_a_name_of_a_detector_that_is_no_rule_text_is_refused(world: World) -> None:
    operate(world)
    text = STARTER_TEXT.replace("my_rule", "fraud_text")
    content = post(
        world.client("carrier", Role.ANALYST), "detection_rule_new", status=422, text=text, why="a try", do="save"
    )
    assert "a detector of the package is called fraud_text" in content


def test_others_than_the_operator_write_nothing(world: World) -> None:
    running = in_shadow(world)
    other = world.client("other_carrier", Role.ANALYST)
    post(other, "detection_rule_check", status=404, text=RULE)
    post(other, "detection_rule_new", status=404, text=RULE, why="a try", do="save")
    post(other, "detection_rule_edit", running, status=404, text=RULE, why="a try", do="save")
    post(world.client("carrier", Role.ADMINISTRATOR), "detection_rule_new", status=403)


def test_a_damaged_list_is_named(world: World, home: Path) -> None:
    operate(world)
    (home / "lists").mkdir(exist_ok=True)
    (home / "lists" / "Banks.txt").write_text("95588\n")
    content = post(world.client("carrier", Role.ANALYST), "detection_rule_new", text=RULE, do="check")
    assert "Banks.txt" in content


def test_the_api_checks_and_adds_as_the_page_does(world: World) -> None:
    operate(world)
    analyst = world.client("carrier", Role.ANALYST)
    told = analyst.post("/api/v1/detection_rules/check", {"text": WRONG}, content_type="application/json").json()
    assert not told["is_right"] and told["problems"][0]["line"] == 5
    body = {"text": STARTER_TEXT, "why": "a try"}
    told = analyst.post("/api/v1/detection_rules/texts", body, content_type="application/json").json()
    assert told["rule"] == "my_rule" and told["step"]["state"] == "draft"
