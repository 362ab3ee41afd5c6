"""The library lists own rules and shipped detectors, each with what became of its findings."""

from datetime import timedelta
from pathlib import Path

from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from tests.command.detection_rules.factories import RULE, in_shadow, rule_state
from tests.command.people import World
from tests.command.subjects.factories import AT, finding_row, subject

from fanzha.claims.rule_lifecycle import RuleState, RuleStep
from fanzha.command.detection_rules.library import (
    FigureReader,
    LibraryEntry,
    find_shipped,
    list_library,
    recent_findings,
    rule_sentences,
    shipped_detectors,
)
from fanzha.command.detection_rules.library_presenters import present_entry
from fanzha.command.detection_rules.selectors import list_rule_texts
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to
from fanzha.store.rule_promotion import promote
from fanzha.store.rule_texts import RuleTexts

SENTENCE = '\n  sentence "一小时内呼出 {calls} 次。" "Made {calls|call|calls} in an hour[, {odd} of them odd]."\n'


def library(world: World) -> dict[str, LibraryEntry]:
    viewer = world.viewer("carrier", Role.ANALYST)
    with scoped_to(viewer):
        entries = list_library(viewer, list_rule_texts(viewer))
    return {entry.shipped.name if entry.shipped else entry.texts[0].item.rule: entry for entry in entries}


def test_figures_are_those_of_the_own_organisation_in_day_week_and_hour(world: World, home: Path) -> None:
    (home / "fanzha.toml").write_text("[budget.burst]\nsubjects_an_hour = 20\n")
    (home / "lists").mkdir(exist_ok=True)
    row = "+8617000001111,trunk,LL-HOSPITAL-1,a made-up hospital,contract 7,\n"
    (home / "lists" / "spared.csv").write_text("number,origin_kind,origin,owner,proof,until\n" + row)
    for number, (owner, days) in enumerate([("carrier", 0), ("carrier", 3), ("carrier", 9), ("other_carrier", 0)]):
        about = subject("+8617000001111" if number == 1 else f"+861700000222{number}")
        finding_row(world[owner], about, detector="burst", found_at=AT - timedelta(days=days))
    figures = FigureReader(world.viewer("carrier", Role.ANALYST), AT + timedelta(minutes=30)).read("burst")
    assert (figures.day, figures.week, figures.spared, figures.acted, figures.budget) == (1, 2, 1, 1, 20)


def test_a_detector_is_left_out_once_an_own_rule_of_its_name_may_act(world: World) -> None:
    name = next(name for name, one in shipped_detectors().items() if one.text).replace("-", "_")
    text = in_shadow(world, text=RULE)
    assert name.replace("_", "-") in library(world)
    now = rule_state(world, text).item.step.at
    RuleTexts().add(name, RULE.replace("burst", name), at=now, by="Lin", why="a test")
    for state in (RuleState.BACKTEST, RuleState.WARMING, RuleState.SHADOW, RuleState.SHARE):
        share = 0.1 if state is RuleState.SHARE else 0.0
        promote(name, RuleStep(state=state, at=now, by="Lin", why="a test", share=share, emergency=True))
    assert name in library(world) and name.replace("_", "-") not in library(world)


def test_a_text_that_runs_stands_beside_the_newest_draft(world: World) -> None:
    old = in_shadow(world)
    step = RuleTexts().select("burst").step
    RuleTexts().add("burst", RULE.replace("law", "version 2\n  law"), at=step.at, by="Wu", why="a change")
    newest, running = library(world)["burst"].texts
    assert newest.item.newest and running.item.text == old


def test_a_sentence_is_outlined_with_a_dash_for_each_figure() -> None:
    assert rule_sentences(RULE) == [] and rule_sentences("rule of another grammar") == []
    (words,) = rule_sentences(
        RULE.replace("  when", "  let calls = count(call_ended by proven_caller, 1h)\n  when") + SENTENCE
    )
    assert words.zh == "一小时内呼出 … 次。" and words.en == "Made … calls in an hour, … of them odd."


def test_only_findings_of_the_own_organisation_are_shown(world: World) -> None:
    now = timezone.now()
    for owner in ("carrier", "other_carrier"):
        finding_row(world[owner], subject(), detector="new-card", found_at=now)
    viewer = world.viewer("carrier", Role.ANALYST)
    with scoped_to(viewer):
        (row,) = recent_findings("new_card", viewer, 10)
    assert row.owner == world["carrier"]


def page(client: Client, name: str, *args: object, query: str = "") -> str:
    answer = client.get(reverse(name, args=args) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_names_rules_and_detectors_and_is_narrowed_by_words(world: World) -> None:
    in_shadow(world)
    analyst = world.client("carrier", Role.ANALYST)
    content = page(analyst, "detection_rules")
    assert "outgoing burst" in content and "/rules/detectors/new-card/" in content
    content = page(analyst, "detection_rules", query="?q=outgoing+SHADOW")
    assert "outgoing burst" in content and "/rules/detectors/new-card/" not in content


def test_a_detector_is_listed_with_its_description_and_no_outline_of_a_sentence(world: World) -> None:
    entry = library(world)["sequential-dialling"]
    with override("en"):
        summary = present_entry(entry).summary
    assert summary.startswith("This detector finds callers that dial one number after another") and "…" not in summary


def test_who_operates_no_rules_sees_the_detectors_alone(world: World) -> None:
    in_shadow(world)
    content = page(world.client("other_carrier", Role.ANALYST), "detection_rules")
    assert "outgoing burst" not in content and "/rules/detectors/new-card/" in content


def test_the_page_of_a_detector_has_sentence_examples_and_its_text_behind_details(world: World) -> None:
    finding_row(world["carrier"], subject(), detector="new-card", found_at=timezone.now())
    shipped = find_shipped("new_card")
    assert shipped is not None
    for language in ("en", "zh-hans"):
        content = page(world.client("carrier", Role.ANALYST, language=language), "detection_rule_shipped", "new-card")
        title = shipped.examples[0].title.zh if language != "en" else shipped.examples[0].title.en
        assert title in content and "<details>" in content and "1234" in content
    answer = world.client("carrier", Role.ANALYST).get(reverse("detection_rule_shipped", args=["no-such"]))
    assert answer.status_code == 404


def test_the_page_of_a_rule_shows_the_changes_of_its_text(world: World) -> None:
    in_shadow(world)
    step = RuleTexts().select("burst").step
    changed = RULE.replace(">= 30", ">= 40").replace("law", "version 2\n  law")
    text = RuleTexts().add("burst", changed, at=step.at, by="Wu", why="a change").text
    content = page(world.client("carrier", Role.ANALYST), "detection_rule", text)
    assert "<ins>" in content and "&gt;= 40" in content and "Other texts of this rule" in content
