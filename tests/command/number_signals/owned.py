"""What a carrier has of number signals in the access matrix: a document of basis for another organisation."""

from datetime import timedelta

from django.utils import timezone
from tests.command.access.owning import Owned
from tests.command.people import World

from fanzha.command.number_signals.models import SignalBasis
from fanzha.command.organizations.models import Organization
from fanzha.command.web.roles import Role


def owned(world: World, secret: str) -> Owned:
    """Make it."""
    far = Organization.objects.create(name_zh="远方银行", name_en="Far bank", kind="bank", simulated=True)
    made = SignalBasis._base_manager.create(
        owner=world["carrier"],
        client=far,
        services=["sim-swap"],
        document=secret,
        legal_basis="ATF18",
        purpose="dpv:FraudPreventionAndDetection",
        quota_per_day=1,
        recorded_by=world.person("carrier", Role.LIAISON),
        recorded_at=timezone.now(),
        until=timezone.now() + timedelta(days=1),
    )
    body = {
        "client": world["bank"].ref,
        "services": ["sim-swap"],
        "document": "Agreement",
        "legal_basis": "ATF18",
        "until": (timezone.now() + timedelta(days=1)).isoformat(),
        "quota_per_day": 1,
    }
    return Owned(
        hidden={"signal-bases/{ref}": made.ref, "api/v1/number_signals/bases/{ref}": made.ref},
        shared={"camara/{operation}": "sim-swap/v2/check"},
        bodies={"POST api/v1/number_signals/bases": body},
    )
