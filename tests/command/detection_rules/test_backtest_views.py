"""A backtest is asked for on the page of a rule, watched, and cancelled."""

from django.urls import reverse
from django_tasks_db.models import DBTaskResult
from tests.command.detection_rules.factories import RULE, backtest_run, home, in_shadow
from tests.command.detection_rules.test_backtest_presenters import report
from tests.command.people import World

from fanzha.command.detection_rules.models import BacktestRun, BacktestState
from fanzha.command.web.roles import Role
from fanzha.store.rule_texts import RuleTexts


def name_history() -> None:
    (home() / "calls").mkdir()
    with (home() / "fanzha.toml").open("a") as file:
        file.write('[histories]\ncalls = "calls"\n')


def test_a_backtest_is_queued_watched_and_cancelled(world: World) -> None:
    text = in_shadow(world)
    name_history()
    analyst = world.client("carrier", Role.ANALYST)
    other = RuleTexts().add("burst", RULE.replace("30", "40"), at=1, by="Wu", why="a change").text
    assert "Run a backtest" in analyst.get(reverse("detection_rule", args=[text])).content.decode()
    values = {"history": "calls", "beside": other}
    answer = analyst.post(reverse("detection_rule_backtest_new", args=[text]), values, follow=True)
    content = answer.content.decode()
    run = BacktestRun._base_manager.get()
    assert "every 2s" in content and "waits its turn" in content and run.beside == other
    assert DBTaskResult.objects.filter(task_path__endswith="run_backtest").count() == 1
    answer = analyst.post(reverse("detection_rule_backtest_cancel", args=[run.ref]), follow=True)
    assert "every 2s" not in answer.content.decode()
    run.refresh_from_db()
    assert run.state == BacktestState.CANCELLED
    answer = analyst.post(reverse("detection_rule_backtest_cancel", args=[run.ref]), follow=True)
    assert "the backtest has ended" in answer.content.decode()


def test_only_named_histories_and_texts_of_the_rule_are_taken(world: World) -> None:
    text = in_shadow(world)
    name_history()
    analyst = world.client("carrier", Role.ANALYST)
    for values, why in (
        ({"history": "/etc"}, "there is no such history"),
        ({"history": "calls", "beside": text}, "another text of its rule"),
    ):
        answer = analyst.post(reverse("detection_rule_backtest_new", args=[text]), values, follow=True)
        assert why in answer.content.decode()
    assert not BacktestRun._base_manager.exists()


def test_without_histories_the_page_says_how_to_name_one(world: World) -> None:
    text = in_shadow(world)
    content = world.client("carrier", Role.ANALYST).get(reverse("detection_rule", args=[text])).content.decode()
    assert "[histories]" in content and "Run a backtest" not in content


def test_the_report_is_read_in_both_languages_by_the_own_organisation_alone(world: World) -> None:
    run = backtest_run(world, in_shadow(world), result=report(), state=BacktestState.DONE)
    for language, words in (("en", "judged innocent"), ("zh-hans", "已判定无涉")):
        client = world.client("carrier", Role.REVIEWER, language=language)
        assert words in client.get(reverse("detection_rule_backtest", args=[run.ref])).content.decode()
    other = world.client("other_carrier", Role.REVIEWER)
    assert other.get(reverse("detection_rule_backtest", args=[run.ref])).status_code == 404


def test_the_api_runs_and_reads_backtests(world: World) -> None:
    text = in_shadow(world)
    name_history()
    analyst = world.client("carrier", Role.ANALYST)
    at = f"/api/v1/detection_rules/texts/{text}/backtests"
    made = analyst.post(at, {"history": "calls"}, content_type="application/json").json()
    assert made["state"] == "queued" and [one["ref"] for one in analyst.get(at).json()] == [made["ref"]]
    one = f"/api/v1/detection_rules/backtests/{made['ref']}"
    assert analyst.post(f"{one}/cancel").json()["state"] == "cancelled"
    assert analyst.get(one).json()["history"] == "calls"
