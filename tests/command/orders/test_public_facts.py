"""The holder is told what was found and when, by kind and type of fraud; never a rule, a number or a threshold."""

import re

import pytest
from tests.command.people import World
from tests.command.subjects.factories import finding_row, subject

from fanzha.base.fraud_types import FRAUD_TYPES
from fanzha.base.ids import digest
from fanzha.command.orders.public_facts import describe_fact, find_facts
from fanzha.kinds import all_kinds

pytestmark = pytest.mark.usefixtures("home")
NUMBER = "+8617000001234"
THINGS = [("phone_number", digest("phone_number", NUMBER))]


def test_the_fact_follows_the_strongest_finding_of_the_owner(world: World) -> None:
    about = subject(NUMBER)
    finding_row(world["centre"], about, fraud_type="wangiri", score=0.4)
    strongest = finding_row(world["centre"], about, fraud_type="caller_id_spoofing", score=0.9)
    finding_row(world["carrier"], about, fraud_type="sim_box", score=1.0)
    finding_row(world["centre"], about, fraud_type="victim_at_risk", score=1.0, role="victim")
    (fact,) = find_facts(world["centre"], THINGS).values()
    assert "号码与实际来源不符" in fact.zh and "where it belongs" in fact.en
    assert f"{strongest.found_at.year}年" in fact.zh


def test_without_a_finding_it_says_what_is_suspected_and_no_day(world: World) -> None:
    (fact,) = find_facts(world["centre"], THINGS).values()
    assert fact.en == "Calls or texts of this number are suspected of fraud" and not re.search(r"\d", fact.zh)


@pytest.mark.parametrize("kind", sorted(all_kinds()))
def test_every_kind_and_type_has_words_without_figures(kind: str) -> None:
    for fraud_type in ("", *FRAUD_TYPES):
        words = describe_fact(kind, fraud_type)
        assert all(words) and not re.search(r"\d", words.zh + words.en) and len(words.en) < 280


def test_a_content_is_named_by_its_kind_of_fraud() -> None:
    assert "冒充公检法" in describe_fact("phone_number", "fake_authority").zh
    assert "brand" in describe_fact("website", "brand_imitation").en
