"""Tags are taken in, settled and disputed; a crowd of false taggers tags nobody, and honest new reporters are heard."""

from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import numpy as np
import pytest
from django.utils import timezone
from tests.command.number_tags.own_numbers import own
from tests.command.people import World

from fanzha.base.clock import to_ms
from fanzha.base.errors import Malformed
from fanzha.command.audit.models import LogEntry
from fanzha.command.number_tags.models import ShownTag, Tag, TagDispute, Tagger, TagOutcome
from fanzha.command.number_tags.services import (
    DISPUTE_DAYS,
    LIFE,
    MOST_FAILURES,
    Tagging,
    add_tag,
    canonical_value,
    decide_dispute,
    digest_of,
    dispute_tags,
    give_code,
    look_up,
    refresh_all,
    refresh_shown,
    settle_tags,
    weigh,
)
from fanzha.command.web.roles import Role
from fanzha.processes.refusal import Refusal
from fanzha.store.number_signals import SIGNAL_RECORD, number_digits, write_signals

FRAUD, INNOCENT = "+8617000000001", "+8617000000002"


def spell(number: int) -> str:
    """A text of its own for each number: texts are compared by their letters."""
    return "".join(chr(97 + int(digit)) for digit in str(number))


def tag(world: World, value: str, number: int, at: datetime, kind: str = "phone_number", text: str = "") -> Tag:
    tagging = Tagging(
        kind,
        value,
        "fraud",
        f"tagger {number}",
        block=f"block {number}",
        text=text or spell(number),
        source=f"R{number}",
    )
    return add_tag(world["centre"], tagging, at)


def tag_by_honest(world: World, value: str, now: datetime, count: int = 20) -> None:
    """New reporters, each from a place of its own, over some days."""
    for number in range(count):
        tag(world, value, 900_000 + number, now - timedelta(hours=5 * number), text=f"called me {chr(97 + number)}")


def crowd(value: str, now: datetime, first: int, count: int, world: World) -> None:
    """Write tags of a crowd at once, as `add_tag` would: from 40 blocks, or in two bursts, with few texts."""
    draw = Random(first)
    taggers = Tagger.objects.bulk_create([Tagger(key_hash=f"{first + n:032x}") for n in range(count)])
    tags = []
    for place, one in enumerate(taggers):
        is_bursting = place % 2
        block = f"{first + place}" if is_bursting else f"farm {draw.randrange(40)}"
        hours = draw.choice((1, 30)) if is_bursting else draw.randrange(700)
        tags.append(
            Tag(owner=world["centre"], kind="phone_number", value=value, category="fraud", tagger=one, block=block,
                text=f"text {draw.randrange(9)}", source=f"C{place}", at=now - timedelta(hours=hours))
        )  # fmt: skip
    Tag._base_manager.bulk_create(tags)


def test_two_thousand_false_taggers_tag_nobody_and_twenty_honest_ones_are_heard(world: World, home: Path) -> None:
    now = timezone.now()
    crowd(INNOCENT, now, 1, 2_000, world)
    tag_by_honest(world, FRAUD, now)
    refresh_shown([("phone_number", INNOCENT), ("phone_number", FRAUD)], now)
    assert (
        not look_up("phone_number", INNOCENT).category and weigh("phone_number", INNOCENT, now)["fraud"].tags == 2_000
    )
    found = look_up("phone_number", FRAUD)
    assert (found.category, found.voices) == ("fraud", 20)


def test_taggers_found_false_count_next_to_nothing_afterwards(world: World, home: Path) -> None:
    now = timezone.now()
    for number in range(30):
        for value in ("+8617000000011", "+8617000000012"):
            tag(world, value, number, now - timedelta(hours=3 * number))
    assert look_up("phone_number", "+8617000000011").category == "fraud"
    for value in ("+8617000000011", "+8617000000012"):
        assert settle_tags("phone_number", value, TagOutcome.REFUTED, now) == 30
    assert not look_up("phone_number", "+8617000000011").category
    before = weigh("phone_number", FRAUD, now)
    for number in range(16):
        tag(world, FRAUD, number, now - timedelta(hours=3 * number))
    assert before == {} and not weigh("phone_number", FRAUD, now)["fraud"].is_shown
    assert LogEntry._base_manager.filter(kind="tags_settled").count() == 2


def test_a_tag_again_renews_the_tag(world: World, home: Path) -> None:
    now = timezone.now()
    tag(world, FRAUD, 1, now - timedelta(days=9))
    tag(world, "17000000001", 1, now)
    assert Tag._base_manager.get().at == now
    row = Tag._base_manager.get()
    assert "tagger" not in row.tagger.key_hash and "block" not in row.block


def test_a_number_with_a_new_holder_has_no_tags(world: World, home: Path) -> None:
    now = timezone.now()
    tag_by_honest(world, FRAUD, now)
    assert look_up("phone_number", FRAUD).category
    row = (0, 0, 0, 0, to_ms(now) + 1, 0, 0, 0, 0, 0, (0, 0, 0))
    write_signals(world["carrier"].ref, np.array([number_digits(FRAUD)]), np.array([row], SIGNAL_RECORD))
    assert refresh_all(now) == 1
    assert not look_up("phone_number", FRAUD).category


def test_tags_are_forgotten(world: World, home: Path) -> None:
    now = timezone.now()
    tag_by_honest(world, FRAUD, now)
    refresh_all(now + timedelta(days=200))
    assert not ShownTag.objects.exists() and Tag._base_manager.exists()
    refresh_all(now + LIFE + timedelta(days=9))
    assert not Tag._base_manager.exists()


def test_ranges_are_named_once_three_numbers_are_tagged(world: World, home: Path) -> None:
    for last in (1, 2, 3, 55):
        value = f"+86170000000{last:02d}"
        ShownTag.objects.create(kind="phone_number", value=value, digest=digest_of(value), category="fraud", weight=4,
                                voices=4, since=timezone.now())  # fmt: skip
    assert look_up("phone_number", "+8617000000009").ranges == ((10, 3), (100, 4))
    assert look_up("phone_number", "+8617000000001").ranges == ((100, 3),)
    assert look_up("phone_number", "+8617000000101").ranges == ()


def test_an_owner_disputes_with_a_code_and_another_person_decides(world: World, home: Path) -> None:
    now = timezone.now()
    tag_by_honest(world, INNOCENT, now)
    clerk, reviewer = world.person("carrier", Role.CLERK), world.person("carrier", Role.REVIEWER)
    own(world, INNOCENT)
    row, code = give_code(world["carrier"], INNOCENT, clerk)
    assert code not in row.code_hash and look_up("phone_number", INNOCENT).category
    assert not dispute_tags(INNOCENT, "00000000x", "") and not dispute_tags(FRAUD, code, "")
    assert dispute_tags("170 0000 0002", code, "I am a courier")
    assert not dispute_tags(INNOCENT, code, ""), "a code is used once"
    assert not look_up("phone_number", INNOCENT).category
    dispute = TagDispute._base_manager.get()
    with pytest.raises(Refusal):
        decide_dispute(dispute, clerk, upheld=True)
    decide_dispute(dispute, reviewer, upheld=False)
    assert look_up("phone_number", INNOCENT).category == "fraud"
    with pytest.raises(Refusal):
        decide_dispute(dispute, reviewer, upheld=True)


def test_an_undecided_dispute_hides_tags_for_some_days_only(world: World, home: Path) -> None:
    now = timezone.now()
    tag_by_honest(world, INNOCENT, now)
    own(world, INNOCENT)
    _row, code = give_code(world["carrier"], INNOCENT, world.person("carrier", Role.CLERK))
    dispute_tags(INNOCENT, code, "")
    refresh_all(now)
    assert not look_up("phone_number", INNOCENT).category
    TagDispute._base_manager.update(disputed_at=now - DISPUTE_DAYS - timedelta(hours=1))
    refresh_all(now)
    assert look_up("phone_number", INNOCENT).category == "fraud"


def test_a_counter_gives_codes_for_its_own_numbers_until_too_many_were_wrong(world: World, home: Path) -> None:
    clerk = world.person("carrier", Role.CLERK)
    with pytest.raises(Refusal):
        give_code(world["carrier"], INNOCENT, clerk)
    own(world, INNOCENT)
    _row, code = give_code(world["carrier"], INNOCENT, clerk)
    for _ in range(MOST_FAILURES):
        assert not dispute_tags(INNOCENT, "x", "")
    assert not dispute_tags(INNOCENT, code, "")


def test_public_services_are_never_tagged(world: World, home: Path) -> None:
    for value in ("110", "96110", "95588"):
        with pytest.raises(Malformed):
            tag(world, value, 1, timezone.now())


def test_what_was_refuted_is_not_said_again_by_the_same_tagger(world: World, home: Path) -> None:
    now = timezone.now()
    tag(world, FRAUD, 1, now)
    settle_tags("phone_number", FRAUD, TagOutcome.REFUTED, now)
    tag(world, FRAUD, 1, now)
    assert Tag._base_manager.get().outcome == TagOutcome.REFUTED


def test_an_upheld_dispute_counts_against_the_taggers(world: World, home: Path) -> None:
    now = timezone.now()
    tag_by_honest(world, INNOCENT, now)
    own(world, INNOCENT)
    _row, code = give_code(world["carrier"], INNOCENT, world.person("carrier", Role.CLERK))
    dispute_tags(INNOCENT, code, "")
    decide_dispute(TagDispute._base_manager.get(), world.person("carrier", Role.REVIEWER), upheld=True)
    assert not look_up("phone_number", INNOCENT).category
    assert set(Tagger.objects.values_list("refuted", flat=True)) == {1}


def test_an_old_code_is_refused(world: World, home: Path) -> None:
    own(world, INNOCENT)
    _row, code = give_code(world["carrier"], INNOCENT, world.person("carrier", Role.CLERK))
    TagDispute._base_manager.update(given_at=timezone.now() - timedelta(days=15))
    assert not dispute_tags(INNOCENT, code, "")


def test_what_cannot_be_tagged(world: World, home: Path) -> None:
    with pytest.raises(Malformed):
        canonical_value("person", "x")
    with pytest.raises(Malformed):
        canonical_value("phone_number", " ")
    with pytest.raises(Refusal):
        add_tag(world["centre"], Tagging("phone_number", FRAUD, "evil", "x"), timezone.now())
    assert canonical_value("website", "HTTPS://Shop.Example/") == canonical_value("website", "https://shop.example/")
