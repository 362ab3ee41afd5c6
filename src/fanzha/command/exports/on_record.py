"""Log entries of exports: table, filter and purpose, without exported data."""

from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.command.exports.models import Export
from fanzha.processes.log.entry import Draft


def draft_of(kind: str, export: Export, actor: str, organisation: str, **more: object) -> Draft:
    """Build a log entry about an export."""
    facts = {
        "table": export.table,
        "narrowed": export.narrowed,
        "purpose": export.purpose,
        "case": export.case,
        "unmasked": export.unmasked,
    }
    return Draft(kind, to_ms(timezone.now()), actor, organisation, about=export.ref, facts=facts | more)
