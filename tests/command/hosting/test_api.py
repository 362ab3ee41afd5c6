"""Systems read sites and coverage, and may ask for looks."""

from pathlib import Path

from tests.command.hosting.sites_loaded import GOOD, NOW, load
from tests.command.people import World

from fanzha.command.hosting.services import look_at_sites
from fanzha.command.web.roles import Role


def test_sites_are_listed_and_looked_at(world: World, own_home: Path) -> None:
    load(world, "hosted_sites", GOOD)
    look_at_sites(NOW)
    client = world.client("isp", Role.ANALYST)
    (site,) = client.get("/api/v1/hosting/sites").json()["items"]
    assert (site["host"], site["provider"], site["faults"]) == ("good.example", world["isp"].ref, [])
    asked = client.post("/api/v1/hosting/looks", {"hosts": ["good.example"]}, content_type="application/json")
    assert asked.status_code == 202 and asked.json() == {"sites": 1}
    for host, provider in (("good.example", world["isp"].ref), ("nobody.example", ""), ("192.0.2.9", ""), ("", "")):
        assert client.get("/api/v1/hosting/holder", {"host": host}).json() == {"host": host, "provider": provider}
