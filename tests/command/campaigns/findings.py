"""New findings as the importer hands them to campaigns: subjects are there, and what they have in common is said."""

import json
from typing import Any

import msgspec
from tests.command.subjects.factories import AT, subject
from tests.findings import finding

from fanzha.base.clock import from_ms, to_ms
from fanzha.claims.finding import Finding
from fanzha.command.organizations.models import Organization
from fanzha.command.subjects.ingest.parser import ParsedFinding, StoredFinding, parse_json


def incoming(said: Finding) -> ParsedFinding:
    """A finding that can be used."""
    read = parse_json(1, msgspec.json.encode(said), to_ms(AT))
    assert isinstance(read, ParsedFinding), read
    return read


def found(owner: Organization, place: int, evidence: dict[str, Any] | None = None, **changes: Any) -> StoredFinding:
    """A finding about one account of the tests, with its own trigger."""
    name = f"example-{place:03d}"
    values: dict[str, Any] = {
        "subject_kind": "call",
        "subject": name,
        "found_at": to_ms(AT) - 1_000,
        "valid_until": to_ms(AT) + 86_400_000,
        "evidence": json.dumps(evidence or {}),
        **changes,
    }
    read = incoming(finding(**values))
    about = subject(read.subject.value, read.subject.kind)
    return StoredFinding(owner.pk, about.pk, read, from_ms(read.finding.found_at))
