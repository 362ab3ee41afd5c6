"""The desk shows a provider its own sites and their faults."""

from pathlib import Path

from tests.command.hosting.sites_loaded import GOOD, NOW, load
from tests.command.people import World

from fanzha.command.hosting.services import look_at_sites
from fanzha.command.web.roles import Role


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
