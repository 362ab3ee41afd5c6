"""A marker sees masked content, and nothing of score, detector or type."""

import msgspec
from tests.command.people import World
from tests.command.reviews.factories import drawn, findings
from tests.command.subjects.factories import finding_row, subject

from fanzha.command.reviews.item_content import ItemContent, describe_items
from fanzha.command.reviews.models import ReviewItem
from fanzha.command.subjects.finding_codec import FindingTexts, pack


def contents(world: World) -> list[ItemContent]:
    sample = drawn(world)
    return list(describe_items(ReviewItem._base_manager.filter(sample=sample), sample.owner_id).values())


def test_numbers_are_masked_in_subject_and_text(world: World) -> None:
    findings(world, 1, first=1)
    (content,) = contents(world)
    assert content.kind == "phone number" and "000001" not in content.subject
    assert content.text == "第1条：骗，回电170••••••01" and not content.is_victim


def test_a_rule_shows_its_sentence_and_other_detectors_no_reason(world: World) -> None:
    texts = {
        "rule": FindingTexts((), ("Called 30 people, also 17000000001.", "made-up 0.9"), evidence='{"windows":[{}]}'),
        "model": FindingTexts((), ("score 0.9",)),
    }
    for number, (detector, detail) in enumerate(texts.items()):
        about = subject(f"+8617000000{number:03d}")
        finding_row(world["carrier"], about, detector=detector, packed=pack(detail))
    assert sorted(content.text for content in contents(world)) == ["", "Called 30 people, also 170••••••01."]


def test_victims_are_named_so_and_a_deleted_finding_says_so(world: World) -> None:
    finding_row(world["carrier"], fraud_type="victim_at_risk")
    sample = drawn(world)
    items = ReviewItem._base_manager.filter(sample=sample)
    assert [content.is_victim for content in describe_items(items, sample.owner_id).values()] == [True]
    items.update(finding_id="gone")
    (content,) = describe_items(items, sample.owner_id).values()
    assert content.text == "This finding has been deleted. Mark it as unclear."


def test_evidence_of_an_unknown_form_shows_no_text(world: World) -> None:
    evidence = msgspec.json.encode({"text": 3}).decode()
    finding_row(world["carrier"], packed=pack(FindingTexts(evidence=evidence)))
    assert contents(world)[0].text == ""
