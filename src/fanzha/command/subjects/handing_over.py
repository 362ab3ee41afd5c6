"""Findings that a system hands over, one a line: each is checked at once, and what can be used goes to the spool."""

from datetime import datetime

from django.http import HttpRequest
from django.utils.translation import gettext as _

from fanzha.base.clock import to_ms
from fanzha.command.organizations.models import Organization
from fanzha.command.processes.evidence_form import said
from fanzha.command.subjects.incoming import Rejected, from_json
from fanzha.command.subjects.spool import hand_over
from fanzha.command.web.api import BulkAnswer, LineResult, Problem, bulk_answer
from fanzha.command.web.api.bulk import MOST, NDJSON


def hand_over_lines(request: HttpRequest, owner: Organization, at: datetime) -> BulkAnswer:
    """Hand the findings of a request's body over for their owner; `ref` of a line is its finding_id. Raises Problem."""
    if request.content_type not in (NDJSON, "application/jsonl", "text/plain"):
        raise Problem("media_type", _("Send application/x-ndjson: a JSON object a line."))
    lines = [(number, line) for number, line in enumerate(request.body.splitlines(), start=1) if line.strip()]
    if len(lines) > MOST:
        raise Problem("too_large", _("Send at most %(most)s lines in one request.") % {"most": MOST})
    results, usable = [], []
    for number, line in lines:
        result = _checked(number, line, owner, at)
        results.append(result)
        if result.used:
            usable.append(line)
    if usable:
        hand_over(b"\n".join(usable) + b"\n", owner)
    return bulk_answer(results)


def _checked(number: int, line: bytes, owner: Organization, at: datetime) -> LineResult:
    found = from_json(number, line, to_ms(at))
    if isinstance(found, Rejected):
        return LineResult(line=number, used=False, problem=said(found.reason))
    if found.finding.owner_organisation not in ("", owner.ref):
        return LineResult(line=number, used=False, problem=_("owner_organisation is another organisation"))
    return LineResult(line=number, used=True, ref=found.finding_id)
