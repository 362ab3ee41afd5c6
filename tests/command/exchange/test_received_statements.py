"""What a partner adds to a collection by TAXII is its opinion, shown with source and trust; it decides nothing."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.command.exchange.exchange_world import collection_of, decide, let_read, program
from tests.command.people import World
from tests.command.subjects.factories import finding_row, subject

from fanzha.command.audit.models import LogEntry
from fanzha.command.exchange.models import Collection, SharedObject
from fanzha.command.subjects.models import OpinionRow, Subject
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]
NOW = "2026-11-02T08:00:00.000Z"


def indicator(value: str, number: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "type": "indicator",
        "spec_version": "2.1",
        "id": f"indicator--3b1c1d1e-1111-4222-8333-{number:012}",
        "created": NOW,
        "modified": NOW,
        "valid_from": NOW,
        "pattern": f"[domain-name:value = '{value}']",
        "pattern_type": "stix",
        "indicator_types": ["malicious-activity"],
        "confidence": 90,
        **more,
    }


def opinion(about: str, agreement: str, **more: Any) -> dict[str, Any]:
    return {
        "type": "opinion",
        "spec_version": "2.1",
        "id": "opinion--3b1c1d1e-1111-4222-8333-555555555555",
        "created": NOW,
        "modified": NOW,
        "opinion": agreement,
        "object_refs": [about],
        **more,
    }


def shared(world: World) -> Collection:
    collection = collection_of(world)
    let_read(world, collection, "carrier", may_add=True)
    return collection


def post(world: World, collection: Collection, *objects: dict[str, Any]) -> None:
    body = json.dumps({"objects": objects})
    answer = program(world).post(f"collections/{collection.taxii_id}/objects/", body)
    assert answer.status_code == 202 and answer.json()["success_count"] == len(objects), answer.json()


def standing(world: World) -> dict[str, tuple[str, float | None, str]]:
    """Opinions of the carrier by value: level, score and marking; none is a decision."""
    with unscoped("test"):
        rows = OpinionRow.objects.filter(OpinionRow.standing(), owner=world["carrier"]).select_related("subject")
        assert not any(row.decision for row in rows)
        return {row.subject.value: (row.level, row.score, row.marking) for row in rows}


def noted() -> dict[str, int]:
    with unscoped("test"):
        facts = LogEntry.objects.filter(kind="objects_received").latest("place").facts
    found: dict[str, int] = json.loads(facts)["opinions"]
    return found


def test_an_indicator_is_an_opinion_of_the_partner_shown_with_source_and_trust(world: World) -> None:
    collection = shared(world)
    post(world, collection, indicator("pay.example.com"))
    assert standing(world) == {"pay.example.com": ("suspected", 0.9, "TLP:AMBER")}
    with unscoped("test"):
        ref = Subject.objects.get(value="pay.example.com").ref
    page = world.client("centre", Role.ANALYST).get(f"/subjects/{ref}/").content.decode()
    assert "Example carrier" in page and "score 0.90 × trust in the source 0.60" in page
    post(world, collection, indicator("pay.example.com", modified="2026-11-03T08:00:00Z", revoked=True))
    assert standing(world) == {} and noted() == {"withdrawn": 1}


@pytest.mark.parametrize(
    ("agreement", "expected"), [("agree", ("suspected", 0.5)), ("strongly-disagree", ("clear", 0.5))]
)
def test_an_opinion_on_our_indicator_is_one_on_its_subject(
    world: World, agreement: str, expected: tuple[str, float]
) -> None:
    decide(world, "phish.example.com")
    collection = shared(world)
    with unscoped("test"):
        about = SharedObject.objects.get(stix_type="indicator").stix_id
    post(world, collection, opinion(about, agreement))
    assert standing(world)["phish.example.com"][:2] == expected


def test_the_innocent_are_not_accused_and_each_reason_is_on_record(world: World) -> None:
    victim = subject("+8617000000077")
    finding_row(world["centre"], victim, role="victim")
    collection = shared(world)
    post(
        world,
        collection,
        indicator("www.icbc.com.cn"),
        indicator("x", 2, pattern=f"[phone-number:value = '{victim.value}']"),
        indicator("ok.example.com", 3, indicator_types=["benign"]),
        indicator("old.example.com", 4, valid_until="2026-11-02T09:00:00Z"),
        opinion("indicator--3b1c1d1e-1111-4222-8333-999999999999", "agree"),
    )
    assert standing(world) == {}
    assert noted() == {"protected": 1, "victim": 1, "benign": 1, "expired": 1, "stranger": 1}


def test_the_same_again_states_nothing_again(world: World) -> None:
    collection = shared(world)
    for _ in range(2):
        post(world, collection, indicator("pay.example.com"))
    with unscoped("test"):
        assert OpinionRow.objects.filter(owner=world["carrier"]).count() == 1


def test_the_partners_own_opinions_stay(world: World) -> None:
    decide(world, "pay.example.com", owner="carrier")
    post(world, shared(world), indicator("pay.example.com"))
    with unscoped("test"):
        assert OpinionRow.objects.filter(OpinionRow.standing(), owner=world["carrier"]).count() == 2


LATER: dict[str, Any] = {"modified": "2026-11-03T08:00:00.000Z"}


def test_a_corrected_value_accuses_the_old_one_no_more(world: World) -> None:
    collection = shared(world)
    post(world, collection, indicator("shop.example.com"), indicator("b.example.com", 2))
    post(
        world,
        collection,
        indicator("evil.example.com", **LATER),
        indicator("b.example.com", 2, indicator_types=["benign"], **LATER),
    )
    assert list(standing(world)) == ["evil.example.com"] and noted() == {"used": 1, "benign": 1, "withdrawn": 2}


def test_what_another_object_still_states_stays(world: World) -> None:
    collection = shared(world)
    post(world, collection, indicator("pay.example.com"), indicator("pay.example.com", 2))
    post(world, collection, indicator("pay.example.com", revoked=True, **LATER))
    assert list(standing(world)) == ["pay.example.com"]
    post(world, collection, indicator("pay.example.com", 2, revoked=True, **LATER))
    assert standing(world) == {}


def test_a_site_that_is_protected_by_now_is_withdrawn_all_the_same(world: World, home: Path) -> None:
    collection = shared(world)
    post(world, collection, indicator("our-bank.example"))
    (home / "brands.toml").write_text("[[brand]]\ndomain = 'our-bank.example'\nen = 'Our Bank'\n", "utf-8")
    post(world, collection, indicator("our-bank.example", revoked=True, **LATER))
    assert standing(world) == {}
