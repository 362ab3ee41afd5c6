"""An export says what it is, what for, where it stands, and what is wrong with it, without codes."""

from django.utils import timezone, translation
from tests.command.exports.factories import build_export, request_table, verdict
from tests.command.people import World

from fanzha.command.exports.models import PACK, Export, ExportState
from fanzha.command.exports.presenters import STATE_WORDS, export_facts, export_title, present_export
from fanzha.command.exports.table import TableFilter


def facts_by_key(export: Export) -> dict[str, str]:
    with translation.override("en"):
        return {fact.key: str(fact.value) for fact in export_facts(export)}


def test_a_row_says_what_for_and_where_it_stands(world: World) -> None:
    verdict(world["carrier"])
    export = request_table(world, case="C1", unmasked=True)
    with translation.override("en"):
        row = present_export(export)
    assert (row.title, row.summary, row.aside) == ("Subjects and verdicts", "a report", "1 row")
    assert [badge.word for badge in row.badges] == ["to be approved", "unmasked values"]
    assert row.meta == ("carrier analyst", "C1")


def test_facts_of_one_that_was_made(world: World) -> None:
    verdict(world["carrier"])
    facts = facts_by_key(build_export(request_table(world, narrowed=TableFilter(kind="phone_number"))))
    assert (facts["Values"], facts["Rows"], facts["Only"]) == ("masked", "1", "phone number")
    assert len(facts["SHA-256"]) == 64 and facts["Size"].endswith(" B")


def test_a_problem_is_told_in_words(world: World) -> None:
    verdict(world["carrier"])
    export = request_table(world)
    export.problem = "gone"
    assert facts_by_key(export)["Problem"] == "The person who requested it no longer has access"


def test_every_state_has_words_and_a_table_that_is_gone_leaves_the_reference() -> None:
    assert set(STATE_WORDS) == set(ExportState)
    assert export_title(Export(table="none", ref="E1")) == "E1"


def test_a_pack_says_of_which_case_and_how_many_personal_values(world: World) -> None:
    export = Export(table=PACK, ref="E1", narrowed={"ref": "P1"}, rows=60, unmasked=True, state=ExportState.TO_APPROVE)
    export.actor, export.asked_at = "key:1", timezone.now()
    with translation.override("en"):
        row = present_export(export)
    assert (row.title, row.aside) == ("Evidence pack", "60 personal data items")
    assert (facts_by_key(export)["Case"], facts_by_key(export)["Personal data items"]) == ("P1", "60")
    with translation.override("zh-hans"):
        assert present_export(export).title == "证据包" and present_export(export).aside == "60 项个人信息"
