"""Sites are imported and checked, looked at by the prober, counted, shown to their provider, and lead to a holder."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from tests.command.people import World

from fanzha.base.clock import to_ms
from fanzha.base.words import Words
from fanzha.command.hosting.import_tables import TABLES
from fanzha.command.hosting.models import HostedSite, SiteCheck
from fanzha.command.hosting.selectors import find_holders, measure_coverage
from fanzha.command.hosting.services import check_all_sites, find_faults, hasten_look, look_at_sites
from fanzha.command.imports.models import ImportJob
from fanzha.command.imports.services import ImportRow, RowError
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.store.probe_queue import ProbePurpose, ProbeRecord, SiteState, open_probes

NOW = timezone.now()
GOOD = {"host": "http://Good.example/", "customer": "示例有限公司", "filing": "京ICP备2026000001号-1"}


@pytest.fixture
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    settings = '[prober]\ncontrol = "www.example"\n[[prober.vantage]]\nname = "east"\nresolver = "192.0.2.1:53"\n'
    (tmp_path / "fanzha.toml").write_text(settings)
    return tmp_path


def load(world: World, table: str, *cells: dict[str, str], name: str = "isp") -> list[RowError]:
    (found,) = [candidate for candidate in TABLES if candidate.name == table]
    blank = dict.fromkeys((column.name for column in found.columns), "")
    rows = [ImportRow(number, blank | row) for number, row in enumerate(cells, start=2)]
    return found.writer(ImportJob(owner=world[name])).write(rows)


def sites() -> dict[str, HostedSite]:
    with unscoped("test"):
        return {site.host: site for site in HostedSite.objects.all()}


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


def test_the_holder_of_a_site_is_its_only_provider_or_that_of_its_address(world: World) -> None:
    load(world, "hosted_sites", GOOD, {"host": "b.example", "customer": "甲", "address": "198.51.100.9"})
    load(world, "hosted_sites", {"host": "b.example", "customer": "甲", "address": "198.51.100.9"}, name="carrier")
    ranges = [
        {"network": "198.51.100.0/24", "provider": world["carrier"].ref},
        {"network": "198.51.100.0/28", "provider": world["isp"].ref, "valid_until": "2026-01-01T00:00:00Z"},
        {"network": "2001:db8::/32", "provider": world["isp"].ref, "valid_from": "2026-01-01T00:00:00Z"},
        {"network": "198.51.100.1/24", "provider": world["isp"].ref},
        {"network": "203.0.113.0/24", "provider": "nobody"},
    ]
    errors = load(world, "address_ranges", *ranges, name="centre")
    assert [(error.row, error.column) for error in errors] == [(5, "network"), (6, "provider")]
    assert [error.row for error in load(world, "address_ranges", ranges[0])] == [2]  # an ISP loads its own alone
    wanted = [
        ("website", "good.example"),
        ("website", "b.example"),
        ("host", "2001:db8::7"),
        ("host", "192.0.2.1"),
        ("host", "AS4134"),
        ("app", "com.x.y"),
    ]
    assert find_holders(wanted, NOW) == {
        ("website", "good.example"): world["isp"].pk,
        ("website", "b.example"): world["carrier"].pk,
        ("host", "2001:db8::7"): world["isp"].pk,
    }
    assert all(isinstance(column.title, Words) for table in TABLES for column in table.columns)


def test_the_desk_shows_faults_and_asks_for_looks(world: World, own_home: Path) -> None:
    load(world, "hosted_sites", GOOD, {"host": "bad.example", "customer": "甲公司"})
    client = world.client("isp", Role.ANALYST)
    page = client.get("/hosted-sites/").content.decode()
    assert "bad.example" in page and "good.example" not in page
    assert "good.example" in client.get("/hosted-sites/?state=all&q=good").content.decode()
    look_at_sites(NOW)
    assert client.post("/hosted-sites/look/", {"host": ["bad.example"]}).status_code == 302
    found = client.get("/api/v1/hosting/coverage").json()
    assert found["total"] == 2 and found["faulty"] == 1
    assert world.client("isp", Role.ADMINISTRATOR).get("/hosted-sites/").status_code == 403
