"""Rows of hosted sites are checked, replaced, and rejected with the reason."""

from tests.command.hosting.sites_loaded import GOOD, load, sites
from tests.command.people import World

from fanzha.command.hosting.models import SiteCheck


def test_rows_are_checked_replaced_and_rejected_with_the_reason(world: World) -> None:
    errors = load(
        world,
        "hosted_sites",
        GOOD,
        {"host": "bad.example", "customer": "甲公司", "filing": "none", "filing_name": "乙公司"},
        {"host": "late.example", "customer": "甲公司", "filing": GOOD["filing"], "filing_until": "2020-01-01"},
        {"host": "not a host", "customer": "甲公司"},
        {"host": "x.example", "customer": ""},
        {"host": "y.example", "customer": "甲公司", "filing_until": "soon"},
    )
    assert [(error.row, error.column) for error in errors] == [(5, "host"), (6, "customer"), (7, "filing_until")]
    found = sites()
    assert {host: site.faults for host, site in found.items()} == {
        "good.example": [],
        "bad.example": ["malformed", "name_differs"],
        "late.example": ["expired"],
    }
    assert found["good.example"].state == SiteCheck.NEVER and found["bad.example"].state == SiteCheck.FAULTY
    load(
        world, "hosted_sites", {"host": "bad.example", "customer": "甲公司", "filing": GOOD["filing"], "active": "停用"}
    )
    assert sites()["bad.example"].faults == [] and not sites()["bad.example"].is_active
