"""Tags are taken in, settled and disputed; a crowd of false taggers tags nobody, and honest new reporters are heard."""

from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from django.utils import timezone
from tests.command.number_tags.own_numbers import own, run_range
from tests.command.people import World

from fanzha.base.clock import to_ms
from fanzha.base.errors import Malformed
from fanzha.command.audit.models import LogEntry
from fanzha.command.number_tags.models import ShownTag, Tag, Tagger, TagOutcome
from fanzha.command.number_tags.services import (
    LIFE,
    ProofMethod,
    Tagging,
    add_tag,
    add_tags,
    canonical_value,
    digest_of,
    is_proven,
    look_up,
    prove_number,
    refresh_all,
    refresh_shown,
    settle_tags,
    weigh,
    withdraw_proofs,
)
from fanzha.processes.refusal import Refusal

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
    run_range(world)
    for number in (INNOCENT, FRAUD):  # what the crowd says is not shown of a checked number either
        prove_number(world["carrier"], number, ProofMethod.RECORDS, now)
    assert (
        not look_up("phone_number", INNOCENT).category and weigh("phone_number", INNOCENT, now)["fraud"].tags == 2_000
    )
    found = look_up("phone_number", FRAUD)
    assert (found.category, found.voices, found.is_proven) == ("fraud", 20, True)


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


def test_calls_that_showed_a_number_say_nothing_of_its_holder_until_its_operator_checked(
    world: World, home: Path
) -> None:
    now = timezone.now()
    tag_by_honest(world, FRAUD, now)
    claimed = look_up("phone_number", FRAUD)
    assert (claimed.category, claimed.is_proven) == ("fraud", False)
    with pytest.raises(Refusal):
        prove_number(world["other_carrier"], FRAUD, ProofMethod.RECORDS, now)
    run_range(world)
    prove_number(world["carrier"], FRAUD, ProofMethod.CALLBACK, now)
    assert look_up("phone_number", FRAUD).is_proven
    withdraw_proofs(FRAUD, now)
    refresh_shown([("phone_number", FRAUD)], now)
    assert not look_up("phone_number", FRAUD).is_proven
    prove_number(world["carrier"], FRAUD, ProofMethod.RECORDS, now)
    assert look_up("phone_number", FRAUD).is_proven
    assert LogEntry._base_manager.filter(kind="tagged_number_proven").count() == 2


def test_a_result_that_refutes_withdraws_the_proof(world: World, home: Path) -> None:
    now = timezone.now()
    run_range(world)
    prove_number(world["carrier"], FRAUD, ProofMethod.RECORDS, now)
    settle_tags("phone_number", FRAUD, TagOutcome.CONFIRMED, now)
    assert is_proven("phone_number", FRAUD, now)
    settle_tags("phone_number", FRAUD, TagOutcome.REFUTED, now)
    assert not is_proven("phone_number", FRAUD, now)


def test_a_link_needs_no_proof(world: World, home: Path) -> None:
    now = timezone.now()
    for number in range(20):
        tag(world, "shop.example", number, now - timedelta(hours=5 * number), kind="website")
    assert look_up("website", "https://shop.example/pay").is_proven


def test_one_partner_alone_tags_nothing(world: World, home: Path) -> None:
    now = timezone.now()

    def send(name: str, first: int, count: int) -> None:
        taggings = [
            Tagging("website", "shop.example", "fraud", f"{name} {n}", f"block {n}", spell(n), is_bulk=True)
            for n in range(first, first + count)
        ]
        add_tags((world[name], one, now - timedelta(hours=n)) for n, one in enumerate(taggings))

    send("partner", 0, 40)
    Tagger.objects.update(confirmed=10)
    refresh_shown([("website", "shop.example")], now)
    assert not look_up("website", "shop.example").category
    send("platform", 100, 3)
    Tagger.objects.update(confirmed=10)
    refresh_shown([("website", "shop.example")], now)
    assert look_up("website", "shop.example").category == "fraud"


def test_a_number_with_a_new_holder_has_no_tags(world: World, home: Path) -> None:
    now = timezone.now()
    tag_by_honest(world, FRAUD, now)
    run_range(world)
    prove_number(world["carrier"], FRAUD, ProofMethod.RECORDS, now)
    own(world, FRAUD, name="other_carrier", holder_from=to_ms(now) + 1)
    assert refresh_all(now) == 0 and look_up("phone_number", FRAUD).is_proven, "another operator claims nothing of it"
    own(world, FRAUD, holder_from=to_ms(now) - 3_600_000)
    assert refresh_all(now) == 1, "an earlier moment, stated late, counts too"
    own(world, FRAUD, holder_from=to_ms(now) + 1)
    assert refresh_all(now) == (1 if look_up("phone_number", FRAUD).category else 0)
    assert not look_up("phone_number", FRAUD).category
    assert not is_proven("phone_number", FRAUD, now, to_ms(now) + 1), "nor does a proof of the holder before"


def test_only_what_changes_is_computed_again(world: World, home: Path) -> None:
    now = timezone.now()
    tag_by_honest(world, FRAUD, now)
    assert refresh_all(now + timedelta(days=1)) == 0
    assert refresh_all(now + timedelta(days=80)) == 1


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
                                voices=4, is_proven=last != 55, since=timezone.now())  # fmt: skip
    assert look_up("phone_number", "+8617000000009").ranges == ((10, 3), (100, 3)), "what is claimed alone is left out"
    assert look_up("phone_number", "+8617000000055").ranges == ((100, 3),)
    assert look_up("phone_number", "+8617000000001").ranges == ()
    assert look_up("phone_number", "+8617000000101").ranges == ()


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


def test_what_was_confirmed_stays_confirmed_when_it_is_said_again(world: World, home: Path) -> None:
    now = timezone.now()
    tag(world, FRAUD, 1, now)
    settle_tags("phone_number", FRAUD, TagOutcome.CONFIRMED, now)
    tag(world, FRAUD, 1, now)
    assert Tag._base_manager.get().outcome == TagOutcome.CONFIRMED


def test_what_cannot_be_tagged(world: World, home: Path) -> None:
    with pytest.raises(Malformed):
        canonical_value("person", "x")
    with pytest.raises(Malformed):
        canonical_value("phone_number", " ")
    with pytest.raises(Refusal):
        add_tag(world["centre"], Tagging("phone_number", FRAUD, "evil", "x"), timezone.now())
    assert canonical_value("website", "HTTPS://Shop.Example/") == canonical_value("website", "https://shop.example/")
