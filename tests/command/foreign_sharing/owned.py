"""What a carrier has of the foreign gate in the access matrix: an approval, and what left under it."""

import zlib
from datetime import timedelta
from hashlib import sha256

from django.utils import timezone
from tests.command.access.owning import Owned
from tests.command.people import World

from fanzha.command.exchange.models import Collection
from fanzha.command.foreign_sharing.models import ForeignApproval, ForeignExit
from fanzha.command.organizations.models import Organization
from fanzha.command.web.roles import Role


def owned(world: World, secret: str) -> Owned:
    """Make them."""
    carrier, now, api = world["carrier"], timezone.now(), "api/v1/foreign_sharing/approvals"
    far = Organization.objects.create(name_zh="境外", name_en="Far away", kind="partner", country="SG", simulated=True)
    approval = ForeignApproval._base_manager.create(
        owner=carrier,
        partner=far,
        number=secret,
        authority=secret,
        purpose=secret,
        kinds=["link"],
        valid_from=now,
        valid_until=now + timedelta(days=1),
        document=secret.encode(),
        document_name=secret,
        sha256=sha256(secret.encode()).hexdigest(),
        entered_by=world.person("carrier", Role.LIAISON),
        entered_at=now,
    )
    collection = Collection._base_manager.create(owner=carrier, title_zh="钓", title_en="Ph", created_at=now)
    left = ForeignExit._base_manager.create(
        owner=carrier,
        approval=approval,
        partner=far,
        collection=collection,
        road="taxii objects",
        at=now,
        objects_given=0,
        rows=zlib.compress(b"[]"),
        sha256="0" * 64,
    )
    exits = {"exits/{exit_ref}": left.ref}
    return Owned(
        hidden={
            "foreign-sharing/{ref}": approval.ref,
            f"{api}/{{ref}}": approval.ref,
            **{f"foreign-sharing/{{ref}}/{rest}": ref for rest, ref in exits.items()},
            **{f"{api}/{{ref}}/{rest}": ref for rest, ref in exits.items()},
        },
        bodies={
            f"POST {api}/{{ref}}/decision": {"is_confirmed": True},
            f"POST {api}/{{ref}}/withdraw": {"reason": "for the matrix"},
        },
    )
