"""Filings expire, looks find other filings, and what was looked at is counted."""

from datetime import date, timedelta
from pathlib import Path

from django.utils import timezone
from tests.command.hosting.sites_loaded import GOOD, NOW, load, sites
from tests.command.people import World

from fanzha.base.clock import to_ms
from fanzha.command.hosting.selectors import measure_coverage
from fanzha.command.hosting.services import check_all_sites, find_faults, hasten_look, look_at_sites
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.store.probe_queue import ProbePurpose, ProbeRecord, SiteState, open_probes


def test_filings_expire_by_themselves(world: World) -> None:
    load(world, "hosted_sites", GOOD | {"filing_until": str(timezone.localdate() + timedelta(days=1))})
    check_all_sites(NOW + timedelta(days=3))
    assert sites()["good.example"].faults == ["expired"]
    assert find_faults(sites()["good.example"], date(2020, 1, 1)) == []


def test_looks_find_other_filings_and_are_counted(world: World, own_home: Path) -> None:
    hosts = ("good.example", "other.example", "none.example", "gone.example", "new.example")
    load(world, "hosted_sites", *(GOOD | {"host": host} for host in hosts))
    look_at_sites(NOW)
    with open_probes() as queue:
        assert len(queue.take_due(ProbePurpose.INVENTORY, to_ms(NOW) + 1, 9_000, 9)) == 5
        with unscoped("test"):
            assert hasten_look([sites()["new.example"]], world.viewer("isp", Role.ANALYST), NOW) == 1
        assert queue.take_due(ProbePurpose.INVENTORY, to_ms(NOW) + 1, 9_000, 9) == ["new.example"]
        seen = {
            "good.example": (SiteState.UP, GOOD["filing"]),
            "other.example": (SiteState.UP, "京ICP备2026000009号-1"),
            "none.example": (SiteState.UP, ""),
            "gone.example": (SiteState.GONE, ""),
        }
        queue.add(
            ProbeRecord(host, "east", to_ms(NOW), state, 200, addresses="192.0.2.7", filing=filing, purpose="inventory")  # type: ignore[arg-type]
            for host, (state, filing) in seen.items()
        )
    look_at_sites(NOW)
    found = sites()
    assert {host: (site.state, site.faults) for host, site in found.items()} == {
        "good.example": ("clean", []),
        "other.example": ("faulty", ["other_shown"]),
        "none.example": ("faulty", ["not_shown"]),
        "gone.example": ("gone", []),
        "new.example": ("never", []),
    }
    assert found["good.example"].address == "192.0.2.7"
    with unscoped("test"):
        assert measure_coverage(NOW + timedelta(hours=1)) == (5, 4, 0, 1, 2, 1)
        later = measure_coverage(NOW + timedelta(days=8))
    assert (later.current, later.due, later.share) == (0, 4, 0)
