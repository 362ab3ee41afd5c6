"""What a carrier has of research in the access matrix: an agreement with the partner, a model, and a table."""

from datetime import timedelta

from django.utils import timezone
from tests.command.access.owning import Owned
from tests.command.people import World

from fanzha.command.research.models import ModelState, PartnerModel, ResearchAgreement, ResearchTable


def owned(world: World, secret: str) -> Owned:
    """Make them; the other party is an organisation that the matrix does not ask as."""
    carrier, now, api = world["carrier"], timezone.now(), "api/v1/research"
    until = now + timedelta(days=100)
    agreement = ResearchAgreement._base_manager.create(
        owner=carrier, partner=carrier, number=secret, document=secret, document_sha256="a" * 64, purpose=secret,
        allows_models=True, allows_tables=True, least_cell=10, valid_until=until, actor="", recorded_at=now,
    )  # fmt: skip
    model = PartnerModel._base_manager.create(
        owner=carrier, agreement=agreement, name=secret, version="1", licence="MIT", transport="onnx", sha256="b" * 64,
        kind="phone_number", features=["calls"], valid_until=until, state=ModelState.APPROVED, actor="",
        submitted_at=now,
    )  # fmt: skip
    table = ResearchTable._base_manager.create(
        owner=carrier, agreement=agreement, measure="count", kind="phone_number", since=now, until=now, purpose=secret,
        actor="", asked_at=now,
    )  # fmt: skip
    terms = {
        "partner": world["bank"].ref, "number": "R-7", "document": "a.pdf", "document_sha256": "c" * 64,
        "purpose": "for the matrix", "valid_until": until.isoformat(), "allows_tables": True,
    }  # fmt: skip
    asked = {"agreement": agreement.ref, "first": "2026-01", "last": "2026-02", "purpose": "for the matrix"}
    return Owned(
        hidden={
            f"{prefix}{part}/{{ref}}": row.ref
            for prefix in ("research/", f"{api}/")
            for part, row in (("agreements", agreement), ("models", model), ("tables", table))
        },
        bodies={
            f"POST {api}/agreements": terms,
            f"POST {api}/tables": asked,
            f"POST {api}/models/{{ref}}/decision": {"approve": False},
            f"POST {api}/tables/{{ref}}/decision": {"release": False},
        },
    )
