"""Evidence makes parties: an organisation that a field names takes part, and has the role that the field gives."""

from typing import Any

from tests.processes.order_people import AT, SETTINGS, STATION, person

from fanzha.processes import Actor, Change, Party, PartyRole, all_processes, fire, start
from fanzha.processes.effects import Effect
from fanzha.processes.named_parties import find_named_parties, find_party_roles, naming_fields

ANNUAL, CASE = all_processes()["annual_report"], all_processes()["caller_case"]
OFFICE, FIRM = Party("regulator-1", "provincial_regulator"), Party("firm", "platform")
NORTH, SOUTH = Party("carrier-north", "carrier"), Party("carrier-south", "carrier")
HOPS = {"trunk": "T-1", "range": "+8617000000", "day": AT, "calls": 9, "facts": "ab" * 32}


def opened() -> Change:
    evidence = {"licence_holder": FIRM, "year": 2025, "report_by": AT + 86_400_000}
    inspector = person("ivy", OFFICE, "inspector")
    return start(ANNUAL, "open_year", inspector, evidence, AT, ref="r", owner=OFFICE, settings=SETTINGS)


def traced(*parties: Party) -> Change:
    analyst = person("anna", NORTH, "analyst")
    change = start(CASE, "open", analyst, HOPS, AT, ref="r", owner=NORTH, settings=SETTINGS)
    for number, hop in enumerate(parties):
        event = "ask_first_hop" if not number else "hop_answers"
        evidence: dict[str, Any] = {"asked": hop} | ({"upstream": "x", "answer": "ab" * 32} if number else {})
        change = fire(CASE, change.situation, event, analyst, evidence, AT, settings=SETTINGS)
    return change


def test_the_one_concerned_is_kept_told_and_may_act() -> None:
    change = opened()
    (notification,) = [effect for effect in change.effects if effect.effect is Effect.NOTIFY_NAMED]
    assert notification.parties == ("firm",)
    assert find_party_roles(ANNUAL, change.situation.facts, "firm") == {PartyRole.SUBJECT}
    assert find_party_roles(ANNUAL, change.situation.facts, "regulator-1") == frozenset()
    clerk = Actor(person="kim", organization="firm", kind="platform", party_roles=frozenset({PartyRole.SUBJECT}))
    drafted = fire(ANNUAL, change.situation, "draft", clerk, {"values": "ab" * 32}, AT, settings=SETTINGS)
    assert drafted.situation.state == "drafted"


def test_who_takes_part_without_a_standing_is_told_once() -> None:
    change = traced(SOUTH)
    assert [(one.effect, one.leg) for one in change.effects] == [(Effect.DISPATCH_LEG, "1")]
    assert find_named_parties(CASE, change.situation.facts) == (SOUTH,)
    assert find_named_parties(CASE, change.situation.facts, PartyRole.SUBJECT) == ()


def test_a_hop_that_comes_up_again_gets_another_leg_once_its_answer_is_in_the_case() -> None:
    again = traced(SOUTH, SOUTH)
    assert [(one.effect, one.leg) for one in again.effects] == [(Effect.DISPATCH_LEG, "2")]
    assert [(leg.receiver, leg.state) for leg in again.situation.legs] == [(SOUTH, "filed"), (SOUTH, "asked")]


def test_an_answer_that_names_nobody_asks_nobody() -> None:
    analyst, change = person("anna", NORTH, "analyst"), traced(SOUTH)
    evidence = {"upstream": "x", "answer": "ab" * 32}
    change = fire(CASE, change.situation, "hop_answers", analyst, evidence, AT, settings=SETTINGS)
    assert change.effects == () and [leg.state for leg in change.situation.legs] == ["filed"]


def test_the_owner_is_not_told_that_it_named_itself() -> None:
    assert Effect.NOTIFY_NAMED not in [one.effect for one in traced(NORTH).effects]


def test_whoever_opens_a_process_for_another_lets_the_owner_know() -> None:
    card = all_processes()["card_rereview"]
    police = person("pan", STATION, "liaison")
    given = {"case_document": "ab" * 32, "card": "+8617000000001"}
    change = start(card, "police_names_card", police, given, AT, ref="r", owner=NORTH, settings=SETTINGS)
    assert Effect.NOTIFY_OWNER in [one.effect for one in change.effects]


def test_fields_that_make_parties_are_organisations() -> None:
    fields = naming_fields(all_processes()["outlet_liability"])
    assert list(fields) == ["outlet_desk"] and fields["outlet_desk"].is_kept
