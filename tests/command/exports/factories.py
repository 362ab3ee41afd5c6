"""Verdicts as the tests put them into the database, and exports asked for and made."""

from typing import Any

from tests.command.people import World
from tests.command.subjects.factories import AT, finding_row, subject

from fanzha.base.marking import Marking
from fanzha.command.exports.export_builder import make_export
from fanzha.command.exports.models import Export
from fanzha.command.exports.services import ExportRequest, request_export
from fanzha.command.organizations.models import Organization
from fanzha.command.subjects.models import VerdictRow
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to, unscoped

NUMBERS = "+86170000{:05}"


def verdict(owner: Organization, number: int = 1234, **changes: Any) -> VerdictRow:
    """A verdict of an organisation on a number."""
    about = changes.pop("about", None) or subject(NUMBERS.format(number))
    finding_row(owner, about, fraud_type=changes.get("fraud_type", "other"))
    values: dict[str, Any] = {
        "marking": Marking.AMBER,
        "level": "suspected",
        "score": 0.9,
        "fraud_type": "other",
        "treatment": "label",
        "since": AT,
    }
    return VerdictRow._base_manager.create(subject=about, owner=owner, **{**values, **changes})


def request_table(world: World, name: str = "carrier", role: Role = Role.ANALYST, **wanted: Any) -> Export:
    """An export that somebody asks for."""
    viewer = world.viewer(name, role)
    with scoped_to(viewer):
        return request_export(viewer, ExportRequest(**{"table": "subjects", "purpose": "a report", **wanted}))


def build_export(export: Export) -> Export:
    """The same export, made by the worker."""
    make_export.call(export.ref)
    with unscoped("test"):
        return Export.objects.select_related("owner", "person").get(pk=export.pk)
