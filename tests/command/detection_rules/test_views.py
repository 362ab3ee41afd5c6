"""By the pages an analyst asks for a promotion and a reviewer, signed in as himself, approves it."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from tests.command.detection_rules.factories import RULE, asked, in_shadow, operate
from tests.command.people import World

from fanzha.claims.rule_lifecycle import RuleState
from fanzha.command.detection_rules.library import find_shipped
from fanzha.command.detection_rules.models import RuleRequest
from fanzha.command.detection_rules.rule_source import copy_rule
from fanzha.command.web.roles import Role
from fanzha.store.rule_texts import RuleTexts


def page(client: Client, name: str, *args: object, status: int = 200) -> str:
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == status
    return answer.content.decode()


def test_two_persons_promote_a_rule(world: World) -> None:
    text = in_shadow(world)
    analyst, reviewer = world.client("carrier", Role.ANALYST), world.client("carrier", Role.REVIEWER)
    assert "outgoing burst" in page(analyst, "detection_rules")
    values = {"state": "share", "share": "10", "why": "quiet for ten days"}
    answer = analyst.post(reverse("detection_rule_step", args=[text]), values, follow=True)
    content = answer.content.decode()
    assert "Another person must approve it" in content and "Approve as second person" not in content
    assert "Rules waiting for a second person" in page(reviewer, "home")
    content = page(reviewer, "detection_rule", text)
    assert "not enough decisions (n = 0)" in content
    decision = content.partition('action="/rules/requests/')[2].partition('"')[0]
    assert "Approve as second person" in content and "21 (6.9–50)" in content
    reviewer.post(f"/rules/requests/{decision}", {"do": "approve", "why": "seen the report"})
    assert RuleTexts().select("burst").step.state is RuleState.SHARE
    assert "requested by carrier analyst" in page(analyst, "detection_rule", text)


def test_the_asker_is_refused_by_the_service_whatever_he_sends(world: World) -> None:
    request = asked(world, in_shadow(world))
    asker = world.client("carrier", Role.ANALYST)
    at = reverse("detection_rule_decision", args=[request.ref])
    answer = asker.post(at, {"do": "approve", "why": "fine"}, follow=True)
    assert "Your role cannot do this" in answer.content.decode()
    answer = asker.post(at, {"do": "approve", "why": ""}, follow=True)
    assert "give the reason" in answer.content.decode()
    assert RuleTexts().select("burst").step.state is RuleState.SHADOW


@pytest.mark.parametrize(("language", "words"), [("en", "it needs 7 days in shadow"), ("zh-hans", "须影子运行满 7 天")])
def test_what_is_missing_stands_on_the_page_and_at_the_form(world: World, language: str, words: str) -> None:
    text = in_shadow(world, days=2)
    analyst = world.client("carrier", Role.ANALYST, language=language)
    assert words in page(analyst, "detection_rule", text)
    values = {"state": "share", "share": "10", "why": "now"}
    answer = analyst.post(reverse("detection_rule_step", args=[text]), values)
    assert answer.status_code == 422 and answer.content.decode().count(words) == 2


def test_a_damaged_state_folder_is_named_on_the_list(world: World, home: Path) -> None:
    text = in_shadow(world)
    (home / "rules" / "history.jsonl").write_text("{\n")
    analyst = world.client("carrier", Role.ANALYST)
    assert "history.jsonl, line 1" in page(analyst, "detection_rules")
    page(analyst, "detection_rule", text, status=404)


def test_a_decision_on_a_damaged_state_folder_names_the_file_and_decides_nothing(world: World, home: Path) -> None:
    request = asked(world, in_shadow(world))
    (home / "rules" / "history.jsonl").write_text("{\n")
    at = reverse("detection_rule_decision", args=[request.ref])
    answer = world.client("carrier", Role.REVIEWER).post(at, {"do": "approve", "why": "fine"}, follow=True)
    assert answer.status_code == 200 and answer.content.decode().count("history.jsonl, line 1") == 2
    assert RuleRequest._base_manager.get().state == "waiting"


def test_who_operates_no_rules_sees_none(world: World) -> None:
    text = in_shadow(world)
    other = world.client("other_carrier", Role.ANALYST)
    assert "There are no rules" in page(other, "detection_rules")
    page(other, "detection_rule", text, status=404)


def test_a_shipped_rule_is_copied_to_a_draft_with_its_origin(world: World) -> None:
    operate(world)
    analyst = world.client("carrier", Role.ANALYST)
    assert reverse("detection_rule_copy", args=["landline-burst"]) in page(analyst, "detection_rules")
    assert "/lookalike-website/copy/" not in page(analyst, "detection_rules")
    url = reverse("detection_rule_copy", args=["landline-burst"])
    content = page(analyst, "detection_rule_copy", "landline-burst")
    assert "# copied from detector landline-burst" in content
    shipped = find_shipped("landline-burst")
    assert shipped is not None
    typed = {"text": copy_rule(shipped, "landline_burst"), "why": "ours are quieter", "do": "save"}
    answer = analyst.post(url, typed, follow=True).content.decode()
    assert "Where it comes from" in answer and "Nothing has been changed yet" in answer
    assert world.client("other_carrier", Role.ANALYST).get(url).status_code == 404
    assert analyst.get(url + "?rule=nothing").status_code == 404


def test_examples_run_only_without_errors(world: World) -> None:
    operate(world)
    analyst, url = world.client("carrier", Role.ANALYST), reverse("detection_rule_examples")
    assert "correct the errors first" in analyst.post(url, {"text": "rule"}).content.decode()
    assert "has no examples yet" in analyst.post(url, {"text": RULE}).content.decode()
