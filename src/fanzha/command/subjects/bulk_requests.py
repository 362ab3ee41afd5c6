"""Bulk requests in JSON Lines: opinions on values, and findings for the spool; each line gets a result."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.utils.translation import gettext as _

from fanzha.base.clock import to_ms
from fanzha.base.errors import Malformed
from fanzha.command.audit.services import recorded
from fanzha.command.subjects.canonical import CanonicalValue, canonicalize
from fanzha.command.subjects.ingest.parser import RejectedFinding, parse_json
from fanzha.command.subjects.ingest.spool import submit_findings
from fanzha.command.subjects.models import Subject
from fanzha.command.subjects.opinions import OpinionDraft, give_opinions
from fanzha.command.subjects.registry import get_or_create_subject, get_or_create_subjects, lock_subjects
from fanzha.command.subjects.schemas import OpinionIn
from fanzha.command.web.api import BulkAnswer, LineResult, Problem, bulk_answer, read_lines
from fanzha.command.web.api.bulk import MOST, NDJSON
from fanzha.command.web.i18n import localize
from fanzha.command.web.scoping import unscoped
from fanzha.command.web.viewer import Viewer
from fanzha.processes.refusal import Refusal

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization


_UNSCOPED = unscoped("a subject is found by its value before it is known who may read it")


def give_opinions_in_bulk(request: HttpRequest, viewer: Viewer, at: datetime) -> BulkAnswer:
    """Give the opinions of a request's lines; equal opinions are given together. Raise Problem for an invalid line."""
    lines = read_lines(request, OpinionIn)
    results, values_by_draft = list(lines.wrong), dict[OpinionDraft, list[tuple[int, CanonicalValue]]]()
    for number, line in lines.valid:
        try:
            values_by_draft.setdefault(line.to_draft(), []).append((number, canonicalize(line.kind, line.value)))
        except Malformed as error:
            results.append(LineResult(line=number, used=False, problem=error.reason))
    with recorded():
        lock_subjects(
            get_or_create_subjects(
                [(value, at, None) for values in values_by_draft.values() for _, value in values], at
            )
        )
        for draft, values in values_by_draft.items():
            results += _give_opinions(draft, values, viewer, at)
    return bulk_answer(results)


def get_or_create_value_subject(kind: str, value: str, at: datetime) -> Subject:
    """Get or create the current subject of a value. Raise Malformed for an invalid value."""
    return get_or_create_subject(canonicalize(kind, value), at)


def _give_opinions(
    draft: OpinionDraft, values: list[tuple[int, CanonicalValue]], viewer: Viewer, at: datetime
) -> Iterable[LineResult]:
    keys = get_or_create_subjects([(value, at, None) for _, value in values], at)
    rows = _UNSCOPED.rows(Subject).in_bulk(keys)
    try:
        opinion_ids = {row.subject_id: row.opinion_id for row in give_opinions(list(rows.values()), draft, viewer, at)}
    except Refusal as refusal:
        return [LineResult(line=number, used=False, problem=localize(refusal.words)) for number, _ in values]
    return [
        LineResult(line=number, used=True, ref=opinion_ids[key]) for (number, _), key in zip(values, keys, strict=True)
    ]


def submit_findings_in_bulk(request: HttpRequest, owner: Organization, at: datetime) -> BulkAnswer:
    """Write the findings of a request's body to the spool; `ref` of a line is its finding_id. Raise Problem."""
    if request.content_type not in (NDJSON, "application/jsonl", "text/plain"):
        raise Problem("media_type", _("Send application/x-ndjson: a JSON object a line."))
    lines = [(number, line) for number, line in enumerate(request.body.splitlines(), start=1) if line.strip()]
    if len(lines) > MOST:
        raise Problem("too_large", _("Send at most %(most)s lines in one request.") % {"most": MOST})
    results, usable = [], []
    for number, line in lines:
        result = _check_line(number, line, owner, at)
        results.append(result)
        if result.used:
            usable.append(line)
    if usable:
        submit_findings(b"\n".join(usable) + b"\n", owner)
    return bulk_answer(results)


def _check_line(number: int, line: bytes, owner: Organization, at: datetime) -> LineResult:
    parsed = parse_json(number, line, to_ms(at))
    if isinstance(parsed, RejectedFinding):
        return LineResult(line=number, used=False, problem=localize(parsed.reason))
    if parsed.finding.owner_organisation not in ("", owner.ref):
        return LineResult(line=number, used=False, problem=_("owner_organisation is another organisation"))
    return LineResult(line=number, used=True, ref=parsed.finding_id)
