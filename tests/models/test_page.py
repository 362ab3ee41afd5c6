"""The page model reports what it does with and without outside reputation."""

import pytest

from fanzha.models.page import MODEL
from fanzha.models.page_facts import MODEL as WITHOUT


def test_card_reports_with_and_without_outside_reputation() -> None:
    with_it, without = MODEL.card().measured
    assert without.how.en == "without outside reputation"
    assert with_it.figures["recall_at_1pct"] != without.figures["recall_at_1pct"]
    assert without.figures["auc"] == WITHOUT.card().measured[0].figures["auc"]


@pytest.mark.parametrize(("name", "least"), [("auc", 0.987), ("recall_at_1pct", 0.70)])
def test_shipped_card_reaches_what_was_asked_for(name: str, least: float) -> None:
    value = MODEL.card().measured[0].figures[name]
    assert isinstance(value, float) and value >= least


def test_variant_is_the_model_that_ships_for_pages_without_reputation() -> None:
    ((words, variant),) = MODEL.variants()
    assert variant is WITHOUT and words.zh and words.en
