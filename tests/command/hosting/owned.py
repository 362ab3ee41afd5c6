"""What a carrier has of hosted sites in the access matrix: a site with a secret customer, and a range of addresses."""

from datetime import UTC, datetime

from django.utils import timezone
from tests.command.access.owning import Owned
from tests.command.people import World

from fanzha.command.hosting.models import AddressRange, HostedSite, NameRegistrar


def owned(world: World, secret: str) -> Owned:
    """Make them."""
    now = timezone.now()
    HostedSite._base_manager.create(
        owner=world["carrier"],
        host="owned.example",
        customer=secret,
        faults=["missing"],
        state="faulty",
        changed_at=now,
    )
    AddressRange._base_manager.create(
        owner=world["carrier"],
        provider=world["carrier"],
        network="192.0.2.0/24",
        first="0" * 20 + "ffffc0000200",
        last="0" * 20 + "ffffc00002ff",
        valid_from=datetime(2026, 1, 1, tzinfo=UTC),
        changed_at=now,
    )
    NameRegistrar._base_manager.create(
        owner=world["carrier"],
        registrar=world["carrier"],
        domain="owned.example",
        valid_from=datetime(2026, 1, 1, tzinfo=UTC),
        changed_at=now,
    )
    return Owned(bodies={"POST api/v1/hosting/looks": {"hosts": ["owned.example"]}})
