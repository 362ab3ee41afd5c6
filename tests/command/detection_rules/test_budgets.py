"""Budgets are lowered by those who take steps and raised by reviewers, each on record."""

import pytest
from django.urls import reverse
from tests.command.detection_rules.factories import home, operate
from tests.command.people import World

from fanzha.command.detection_rules.budgets import read_budget, set_budget
from fanzha.command.web.roles import Role
from fanzha.processes.refusal import Refusal


def test_an_analyst_lowers_and_a_reviewer_raises(world: World) -> None:
    operate(world)
    analyst, reviewer = world.viewer("carrier", Role.ANALYST), world.viewer("carrier", Role.REVIEWER)
    assert read_budget("new-card")[:2] == (100, False)
    set_budget("new-card", 20, "too many at once", analyst)
    with pytest.raises(Refusal, match="Only a reviewer"):
        set_budget("new-card", 21, "a few more", analyst)
    set_budget("new-card", 50, "a few more", reviewer)
    budget = read_budget("new_card")
    assert (budget.subjects, budget.is_own, budget.is_fixed) == (50, True, False)
    assert [change.why for change in budget.changes] == ["a few more", "too many at once"]


def test_a_budget_of_the_settings_and_wrong_wishes_are_refused(world: World) -> None:
    operate(world)
    with (home() / "fanzha.toml").open("a") as file:
        file.write("[budget.wangiri]\nsubjects_an_hour = 5\n")
    reviewer = world.viewer("carrier", Role.REVIEWER)
    with pytest.raises(Refusal, match="in a file"):
        set_budget("wangiri", 4, "a test", reviewer)
    for subjects, why in ((-1, "a test"), (4, " ")):
        with pytest.raises(Refusal):
            set_budget("new-card", subjects, why, reviewer)
    with pytest.raises(Refusal, match="role"):
        set_budget("new-card", 4, "a test", world.viewer("carrier", Role.ADMINISTRATOR))


def test_page_and_api_change_it(world: World) -> None:
    operate(world)
    client = world.client("carrier", Role.REVIEWER)
    page = client.get(reverse("detection_rule_shipped", args=["new-card"])).content.decode()
    assert "It may act on 100 subjects an hour." in page and "Change the budget" in page
    url = reverse("detection_rule_budget", args=["new-card"])
    page = client.post(url, {"subjects": "30", "why": "a test"}, follow=True).content.decode()
    assert "It may act on 30 subjects an hour." in page and "Earlier changes" in page
    address = "/api/v1/detection_rules/budgets/new-card"
    body = {"subjects_an_hour": 10, "why": "by a program"}
    assert client.put(address, body, content_type="application/json").status_code == 204
    assert read_budget("new-card").subjects == 10
    assert client.put(address.replace("new-card", "none"), body, content_type="application/json").status_code == 404
    assert world.client("other_carrier", Role.REVIEWER).post(url, {"subjects": "1", "why": "x"}).status_code == 404
