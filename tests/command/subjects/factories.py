"""Subjects and findings as the tests put them into the database: each says only what it is about."""

from datetime import UTC, datetime, timedelta
from typing import Any

from fanzha.base.ids import digest
from fanzha.base.marking import Marking
from fanzha.command.organizations.models import Organization
from fanzha.command.subjects.finding_codec import FindingTexts, pack
from fanzha.command.subjects.models import FindingRow, Presence, Subject

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
NUMBER = "+8617000001234"


def subject(value: str = NUMBER, kind: str = "phone_number") -> Subject:
    """A subject of which nobody knows anything yet; the same one again for the same value."""
    made, _ = Subject._base_manager.get_or_create(
        identity=digest(kind, value, ""),
        defaults={"kind": kind, "value": value, "thing": digest(kind, value), "created_at": AT},
    )
    return made


def finding_row(
    owner: Organization, about: Subject | None = None, *, marking: Marking = Marking.AMBER, **changes: Any
) -> FindingRow:
    """A finding of an organisation, with the presence that lets it be found."""
    about = about or subject()
    values: dict[str, Any] = {
        "finding_id": digest(owner.pk, about.pk, repr(sorted(changes.items(), key=str)), marking),
        "detector": "made-up",
        "version": "1",
        "mode": "live",
        "fraud_type": "other",
        "score": 0.9,
        "found_at": AT,
        "valid_until": AT + timedelta(days=7),
        "came_in_at": AT,
        "packed": pack(FindingTexts(("一小时 31 通",), ("31 calls in an hour",))),
    }
    values["maturity"] = changes.get("mode", values["mode"])
    made = FindingRow._base_manager.create(subject=about, owner=owner, marking=marking, **{**values, **changes})
    Presence._base_manager.get_or_create(
        subject=about,
        owner=owner,
        marking=marking,
        defaults={"findings": 1, "top_score": made.score, "first_at": made.found_at, "last_at": made.found_at},
    )
    return made
