"""A centre that shares with a partner in Singapore under an approval that two people entered and confirmed."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from tests.command.exchange.exchange_world import TaxiiClient, collection_of, let_read, program
from tests.command.people import World

from fanzha.command.exchange.models import Collection
from fanzha.command.exchange.publication import share_pending
from fanzha.command.foreign_sharing.models import ForeignApproval
from fanzha.command.foreign_sharing.services import ApprovalTerms, confirm_approval, enter_approval
from fanzha.command.organizations.models import Organization
from fanzha.command.web.roles import Role

#: What `let_read` says.
PURPOSE = "police and carrier act together"
DOCUMENT = b"%PDF-1.7 a made-up approval"


def move_abroad(world: World, name: str = "partner") -> Organization:
    """Let an organisation be in Singapore."""
    world[name].country = "SG"
    world[name].save(update_fields=["country"])
    return world[name]


def terms(world: World, **fields: Any) -> ApprovalTerms:
    """Return the terms of an approval for the partner."""
    now = timezone.now()
    defaults: dict[str, Any] = {
        "partner": move_abroad(world),
        "number": "示例审〔2026〕1号",
        "authority": "示例主管机关",
        "purpose": PURPOSE,
        "kinds": ["link", "file_hash"],
        "valid_from": now - timedelta(minutes=1),
        "valid_until": now + timedelta(days=30),
        "document": DOCUMENT,
        "document_name": "approval.pdf",
    }
    return ApprovalTerms(**defaults | fields)


def enter(world: World, **fields: Any) -> ForeignApproval:
    """Let a liaison officer of the centre enter an approval."""
    return enter_approval(world["centre"], terms(world, **fields), world.person("centre", Role.LIAISON))


def approve(world: World, **fields: Any) -> ForeignApproval:
    """Enter an approval, let a reviewer confirm it, and bring what may leave into the collections."""
    entered = enter(world, **fields)
    confirm_approval(entered, world.person("centre", Role.REVIEWER))
    share_pending(timezone.now())
    entered.refresh_from_db()
    return entered


def collection_for_abroad(world: World, **fields: Any) -> Collection:
    """Make a collection for another country that the partner reads."""
    move_abroad(world)
    made = collection_of(world, is_abroad=True, **fields)
    let_read(world, made, "partner")
    share_pending(timezone.now())
    return made


def partner_program(world: World) -> TaxiiClient:
    """Return the program of the partner."""
    return program(world, "partner")


def objects_of(client: TaxiiClient, collection: Collection, **query: Any) -> list[dict[str, Any]]:
    """Return the objects that a program reads, without what only explains them."""
    answer = client.get(f"collections/{collection.taxii_id}/objects/", **query)
    assert answer.status_code == 200, answer.content
    explaining = ("identity", "marking-definition", "extension-definition")
    return [one for one in answer.json().get("objects", []) if one["type"] not in explaining]


def move_end(approval: ForeignApproval, until: datetime) -> None:
    """Let an approval end at another time."""
    changed = {"valid_from": until - timedelta(days=1), "valid_until": until}
    ForeignApproval._base_manager.filter(pk=approval.pk).update(**changed)
