"""Calibration spends an alert budget: a word that innocent names share stops counting, a real trick goes on."""

import pyarrow as pa

from fanzha.brands import _arrays as tables
from fanzha.brands.calibration import calibrate, is_calibrated_on
from fanzha.brands.match import Matcher
from fanzha.brands.table import Brand, BrandTable

TABLE = BrandTable([Brand("mountain.example", en="Mountain", sector="finance"), Brand("taobao.com", en="Taobao")])


def test_trick_over_budget_is_restricted_and_others_stay() -> None:
    innocent = pa.array(["mountain.com", "mountain.net", "example.org"])
    allowed, hits = calibrate(TABLE, innocent)
    assert allowed[0, tables.SUFFIX] == tables.APART
    assert hits[0, tables.SUFFIX] == 2
    matcher = Matcher(TABLE, allowed)
    assert len(matcher.match(innocent).rows_above(0.5)) == 0
    assert len(matcher.match(pa.array(["m0untain.com", "taobao.top"])).rows_above(0.5)) == 2


def test_brand_written_by_hand_may_flag_more_slips_than_one_of_a_list() -> None:
    innocent = pa.array(["taobaq.com", "taobax.net", "mountaim.com", "mountaqn.com", "mountajn.com"])
    listed = Brand("mountain.example", match_requirement="clear")
    allowed, _ = calibrate(BrandTable([listed, Brand("taobao.com", en="Taobao")]), innocent)
    assert allowed[1, tables.REPLACED] == tables.FREE
    assert allowed[0, tables.REPLACED] != tables.FREE


def test_hosts_of_one_domain_are_in_one_half() -> None:
    assert is_calibrated_on("a.example.com") == is_calibrated_on("b.example.com")
    assert {is_calibrated_on(f"site{n}.com") for n in range(20)} == {True, False}
