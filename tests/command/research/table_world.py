"""Subjects first found in past months, and tables of them that a partner asks for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from tests.command.people import World
from tests.command.research.research_world import found

from fanzha.command.research.models import ResearchAgreement, ResearchTable
from fanzha.command.research.table_services import TableDraft, ask_table
from fanzha.command.subjects.models import Subject
from fanzha.command.web.roles import Role

_PLACES = count(5_000)


def middle_of(back: int) -> datetime:
    """Return a moment in the middle of a past month."""
    at = timezone.now().astimezone(ZoneInfo("Asia/Shanghai")).replace(day=15, hour=12)
    for _ in range(back):
        at = (at.replace(day=1) - timedelta(days=1)).replace(day=15)
    return at


def months_back(back: int) -> str:
    """Return a past month as people write it."""
    return f"{middle_of(back):%Y-%m}"


LAST_MONTH = months_back(1)


def plant(
    world: World, numbers: Mapping[str, int], *, back: int = 1, owner: str = "carrier", **changes: Any
) -> list[Subject]:
    """Let an organisation find so many numbers of each fraud type in a past month."""
    values = {"found_at": middle_of(back)} | changes
    return [
        found(world, next(_PLACES), owner, fraud_type=code, **values)
        for code, many in numbers.items()
        for _ in range(many)
    ]


def table_draft(**changes: Any) -> TableDraft:
    """Return a request for last month's count, with changes."""
    values: dict[str, Any] = {
        "dimensions": (),
        "measure": "count",
        "kind": "phone_number",
        "first": LAST_MONTH,
        "last": LAST_MONTH,
        "purpose": "a study of kinds of fraud",
    }
    return TableDraft(**values | changes)


def asked(world: World, agreement: ResearchAgreement, dimensions: tuple[str, ...], **changes: Any) -> ResearchTable:
    """Let the partner ask for a table."""
    draft = table_draft(dimensions=dimensions, **changes)
    return ask_table(agreement, draft, world.viewer("partner", Role.ANALYST))
