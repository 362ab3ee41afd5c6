"""What a carrier has of documents in the access matrix: the record of a check of one of its outlets."""

from hashlib import sha256

from django.utils import timezone
from tests.command.access.owning import Owned
from tests.command.people import World
from tests.command.processes.orders_made import actor

from fanzha.command.documents.models import IssuedDocument
from fanzha.command.processes.services import About, open_process
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped


def owned(world: World, secret: str) -> Owned:
    """Make a process with a document."""
    carrier, analyst = world["carrier"], actor(world, "carrier", Role.ANALYST)
    flagged = {"cause": "dormant", "findings": ("odd",), "card": "+8617000009870"}
    with unscoped("the owner's rows are planted"):
        made = open_process("card_rereview", "flag", carrier, analyst, flagged, about=About(title=secret))
        document = IssuedDocument.objects.create(
            key=secret,
            owner=carrier,
            instance=made,
            step=1,
            document_type="inspection_record",
            year=2026,
            number=1,
            pdf_zh=secret.encode(),
            pdf_en=secret.encode(),
            sha256_zh=sha256(secret.encode()).hexdigest(),
            sha256_en=sha256(secret.encode()).hexdigest(),
            issued_at=timezone.now(),
        )
    return Owned(
        hidden={"documents/{ref}": document.ref, "api/v1/documents/{ref}": document.ref},
        shared={"documents/{ref}/{language}": "zh", "api/v1/documents/{ref}/{language}": "zh"},
    )
