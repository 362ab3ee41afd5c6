"""A provider reads its own sites, and nobody else's."""

from tests.command.hosting.sites_loaded import GOOD, load
from tests.command.people import World

from fanzha.command.hosting.models import AddressRange, HostedSite, NameRegistrar
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped


def test_sites_are_their_providers(world: World) -> None:
    load(world, "hosted_sites", GOOD)
    load(world, "address_ranges", {"network": "192.0.2.0/24", "provider": world["isp"].ref})
    load(world, "name_registrars", {"domain": "shop.example", "registrar": world["isp"].ref})
    with unscoped("test"):
        for model in (HostedSite, AddressRange, NameRegistrar):
            for name, count in (("isp", 1), ("mvno", 0)):
                condition = model.readable(world.viewer(name, Role.ANALYST))
                assert model.objects.filter(condition).count() == count
