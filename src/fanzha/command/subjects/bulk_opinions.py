"""Opinions on many values, one a line: each line is used or told why not, and all of them count together."""

from collections.abc import Iterable
from datetime import datetime

from django.http import HttpRequest

from fanzha.base.errors import Malformed
from fanzha.command.audit.recording import recorded
from fanzha.command.processes.evidence_form import said
from fanzha.command.subjects.finding_subjects import subject_for, subjects_of
from fanzha.command.subjects.giving_opinions import Saying, give
from fanzha.command.subjects.kept_values import Kept, kept
from fanzha.command.subjects.locking import lock
from fanzha.command.subjects.models import Subject
from fanzha.command.subjects.shapes import OpinionIn
from fanzha.command.web.api import BulkAnswer, LineResult, bulk_answer, read_lines
from fanzha.command.web.viewer import Viewer
from fanzha.processes.refusal import Refusal


def opinions_of_lines(request: HttpRequest, viewer: Viewer, at: datetime) -> BulkAnswer:
    """Give the opinions of a request's lines, those that say the same together. Raises Problem."""
    lines = read_lines(request, OpinionIn)
    results, said_of = list(lines.wrong), dict[Saying, list[tuple[int, Kept]]]()
    for number, line in lines.valid:
        try:
            said_of.setdefault(line.saying(), []).append((number, kept(line.kind, line.value)))
        except Malformed as error:
            results.append(LineResult(line=number, used=False, problem=error.reason))
    with recorded():
        lock(subjects_of([(value, at, None) for values in said_of.values() for _, value in values], at))
        for saying, values in said_of.items():
            results += _say(saying, values, viewer, at)
    return bulk_answer(results)


def subject_of(kind: str, value: str, at: datetime) -> Subject:
    """Return the subject that a value is now, made where it is new. Raises Malformed."""
    return subject_for(kept(kind, value), at)


def _say(saying: Saying, values: list[tuple[int, Kept]], viewer: Viewer, at: datetime) -> Iterable[LineResult]:
    keys = subjects_of([(value, at, None) for _, value in values], at)
    rows = Subject._base_manager.in_bulk(keys)
    try:
        made = {row.subject_id: row.opinion_id for row in give(list(rows.values()), saying, viewer, at)}
    except Refusal as refused:
        return [LineResult(line=number, used=False, problem=said(refused.words)) for number, _ in values]
    return [LineResult(line=number, used=True, ref=made[key]) for (number, _), key in zip(values, keys, strict=True)]
