"""The worked examples are made of sites that events can hold."""

from fanzha.detect._lookalike.examples import DAY_MS, EXAMPLES, SEEN_AT, expected_finding, site


def test_a_site_is_registered_days_before_it_was_seen() -> None:
    assert site("a.example", 6)["registered_at"] == SEEN_AT - 6 * DAY_MS
    assert site("a.example")["registered_at"] is None
    assert expected_finding("a.example", 0.5)["fraud_type"] == "brand_imitation"


def test_innocent_sites_stand_beside_planted_ones() -> None:
    assert sum(not example.finds for example in EXAMPLES) >= 3
