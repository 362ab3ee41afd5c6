"""An owner disputes tags with a code: they are hidden at once, and an organisation that published none decides."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from tests.command.number_tags.own_numbers import own
from tests.command.people import World

from fanzha.command.number_tags.models import NumberProof, Tag, TagDispute, Tagger
from fanzha.command.number_tags.services import (
    DISPUTE_DAYS,
    ProofMethod,
    Tagging,
    add_tags,
    look_up,
    prove_number,
    refresh_all,
)
from fanzha.command.number_tags.tag_disputes import (
    LOOKUP_DAYS,
    MOST_FAILURES,
    choose_decider,
    decide_dispute,
    dispute_tags,
    find_dispute,
    give_code,
)
from fanzha.command.web.roles import Kind, Role
from fanzha.processes.refusal import Refusal

FRAUD, INNOCENT = "+8617000000001", "+8617000000002"


def tag_by_many(world: World, value: str, name: str = "centre") -> None:
    """Twenty new reporters over some days, taken in by one organisation, and the operator's check."""
    now = timezone.now()
    add_tags(
        (
            world[name],
            Tagging("phone_number", value, "fraud", f"t{n}", f"b{n}", f"they called {chr(97 + n)}", f"R{n}"),
            now - timedelta(hours=5 * n),
        )
        for n in range(20)
    )
    own(world, value)
    prove_number(world["carrier"], value, ProofMethod.RECORDS, now)


def code_for(world: World, value: str) -> str:
    return give_code(world["carrier"], value, world.person("carrier", Role.CLERK))[1]


def test_an_owner_disputes_with_a_code_and_another_organisation_decides(world: World, home: Path) -> None:
    tag_by_many(world, INNOCENT)
    clerk = world.person("carrier", Role.CLERK)
    row, code = give_code(world["carrier"], INNOCENT, clerk)
    assert code not in row.code_hash and look_up("phone_number", INNOCENT).category
    assert not dispute_tags(INNOCENT, "00000000x", "") and not dispute_tags(FRAUD, code, "")
    assert dispute_tags("170 0000 0002", code, "I am a courier")
    assert not dispute_tags(INNOCENT, code, ""), "a code is used once"
    assert not look_up("phone_number", INNOCENT).category
    dispute = TagDispute._base_manager.get()
    assert dispute.decider == world["administration"], "the centre took the tags in"
    with pytest.raises(Refusal):
        decide_dispute(dispute, clerk, upheld=True)
    reviewer = world.person("administration", Role.REVIEWER)
    decide_dispute(dispute, reviewer, upheld=False)
    assert look_up("phone_number", INNOCENT).category == "fraud"
    with pytest.raises(Refusal):
        decide_dispute(dispute, reviewer, upheld=True)


def test_who_decides_took_no_tag_in_and_did_not_decide_before(world: World, home: Path) -> None:
    tag_by_many(world, INNOCENT, "platform")
    for expected in ("centre", "administration", "ministry"):
        dispute_tags(INNOCENT, code_for(world, INNOCENT), "")
        dispute = TagDispute._base_manager.latest("pk")
        assert dispute.decider == world[expected]
        decide_dispute(dispute, world.person(expected, Role.REVIEWER), upheld=False)
    type(world["centre"]).objects.filter(kind__in=(Kind.CENTRE, Kind.REGULATOR)).update(is_active=False)
    assert choose_decider(dispute) == world["carrier"], "another unit of the operator, where nobody else can"


def test_where_only_the_operator_can_decide_another_unit_does(world: World, home: Path) -> None:
    tag_by_many(world, INNOCENT)
    type(world["centre"]).objects.filter(kind__in=(Kind.CENTRE, Kind.REGULATOR)).update(is_active=False)
    dispute_tags(INNOCENT, code_for(world, INNOCENT), "")
    dispute, reviewer = TagDispute._base_manager.get(), world.person("carrier", Role.REVIEWER)
    with pytest.raises(Refusal, match="another unit"):
        decide_dispute(dispute, reviewer, upheld=True)
    reviewer.memberships.update(unit="complaints")
    decide_dispute(dispute, reviewer, upheld=True)


def test_an_undecided_dispute_hides_tags_for_some_days_only(world: World, home: Path) -> None:
    now = timezone.now()
    tag_by_many(world, INNOCENT)
    dispute_tags(INNOCENT, code_for(world, INNOCENT), "")
    refresh_all(now)
    assert not look_up("phone_number", INNOCENT).category
    TagDispute._base_manager.update(disputed_at=now - DISPUTE_DAYS - timedelta(days=9))
    assert refresh_all(now) == 1, "also after the site stood still for days"
    assert look_up("phone_number", INNOCENT).category == "fraud" and refresh_all(now) == 0


def test_a_counter_gives_codes_for_its_own_numbers_until_too_many_were_wrong(world: World, home: Path) -> None:
    with pytest.raises(Refusal):
        code_for(world, INNOCENT)
    own(world, INNOCENT, name="other_carrier")
    with pytest.raises(Refusal):  # a table that has a number of another operator opens nothing
        give_code(world["other_carrier"], INNOCENT, world.person("other_carrier", Role.CLERK))
    own(world, INNOCENT)
    code = code_for(world, INNOCENT)
    for _ in range(10):  # anybody can send them
        assert not dispute_tags(INNOCENT, "x", "")
    assert TagDispute._base_manager.get().failures == 10 < MOST_FAILURES / 10
    TagDispute._base_manager.update(failures=MOST_FAILURES - 1)
    assert not dispute_tags(INNOCENT, "x", "")
    assert not dispute_tags(INNOCENT, code, "")


def test_a_code_shows_a_dispute_until_too_many_were_wrong_or_it_was_decided_long_ago(world: World, home: Path) -> None:
    own(world, INNOCENT)
    code = code_for(world, INNOCENT)
    assert dispute_tags(INNOCENT, code, "") and find_dispute(INNOCENT, code)
    assert not dispute_tags(INNOCENT, "x", "")
    assert TagDispute._base_manager.get().failures == 1
    TagDispute._base_manager.update(decided_at=timezone.now() - LOOKUP_DAYS, upheld=False)
    assert find_dispute(INNOCENT, code) is None
    TagDispute._base_manager.update(decided_at=timezone.now(), failures=MOST_FAILURES - 1)
    assert find_dispute(INNOCENT, code) and not dispute_tags(INNOCENT, "x", "")
    assert find_dispute(INNOCENT, code) is None


def test_an_upheld_dispute_counts_against_the_taggers_and_withdraws_the_proof(world: World, home: Path) -> None:
    tag_by_many(world, INNOCENT)
    dispute_tags(INNOCENT, code_for(world, INNOCENT), "")
    decide_dispute(TagDispute._base_manager.get(), world.person("administration", Role.REVIEWER), upheld=True)
    assert not look_up("phone_number", INNOCENT).category and NumberProof._base_manager.get().withdrawn_at
    assert set(Tagger.objects.values_list("refuted", flat=True)) == {1}
    assert set(Tag._base_manager.values_list("outcome", flat=True)) == {"refuted"}


def test_an_old_code_is_refused(world: World, home: Path) -> None:
    own(world, INNOCENT)
    code = code_for(world, INNOCENT)
    TagDispute._base_manager.update(given_at=timezone.now() - timedelta(days=15))
    assert not dispute_tags(INNOCENT, code, "")
