"""Build the log entries of exports: table, filter and purpose, without exported data."""

from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.command.exports.models import Export
from fanzha.processes.log.entry import Draft


def build_draft(kind: str, export: Export, actor: str, organization: str, **further_facts: object) -> Draft:
    """Build a log entry about an export."""
    facts = {
        "table": export.table,
        "narrowed": export.narrowed,
        "purpose": export.purpose,
        "case": export.case,
        "unmasked": export.unmasked,
    }
    return Draft(kind, to_ms(timezone.now()), actor, organization, about=export.ref, facts=facts | further_facts)
