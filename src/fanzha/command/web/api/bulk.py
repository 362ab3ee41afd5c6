"""Bulk requests: one JSON object per line (NDJSON) in, one result per line out."""

from collections.abc import Iterable
from typing import Any, Generic, NamedTuple, TypeVar

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Schema
from ninja.schema import NinjaGenerateJsonSchema
from pydantic import ValidationError

from fanzha.command.web.api.problem_words import translate_error
from fanzha.command.web.api.problems import Problem

S = TypeVar("S", bound=Schema)
NDJSON = "application/x-ndjson"
MOST = 10_000


class LineResult(Schema):
    """Result of one line (from 1): `ref` of the created object, or `problem` with the reason of the rejection."""

    line: int
    used: bool
    ref: str = ""
    problem: str = ""


class BulkAnswer(Schema):
    """Results of all lines."""

    used: int
    rejected: int
    lines: list[LineResult]


class ParsedLines(NamedTuple, Generic[S]):
    """Valid lines by number, and the results of invalid ones."""

    valid: list[tuple[int, S]]
    wrong: list[LineResult]


def read_lines(request: HttpRequest, schema: type[S], most: int = MOST) -> ParsedLines[S]:
    """Parse an NDJSON body. Invalid lines become results. Raise Problem if the body as a whole is invalid."""
    if request.content_type not in (NDJSON, "application/jsonl", "text/plain"):
        raise Problem("media_type", _("Send application/x-ndjson: a JSON object a line."))
    lines = [(number, line) for number, line in enumerate(request.body.splitlines(), start=1) if line.strip()]
    if len(lines) > most:
        raise Problem("too_large", _("Send at most %(most)s lines in one request.") % {"most": most})
    found: ParsedLines[S] = ParsedLines([], [])
    for number, line in lines:
        try:
            found.valid.append((number, schema.model_validate_json(line)))
        except ValidationError as error:
            found.wrong.append(LineResult(line=number, used=False, problem=_explain(error)))
    return found


def bulk_answer(results: Iterable[LineResult]) -> BulkAnswer:
    """Return the answer with its results ordered by line."""
    lines = sorted(results, key=lambda one: one.line)
    used = sum(one.used for one in lines)
    return BulkAnswer(used=used, rejected=len(lines) - used, lines=lines)


def ndjson_of(schema: type[Schema]) -> dict[str, Any]:
    """Return the OpenAPI description of an NDJSON body: `@ROUTER.post(…, openapi_extra=ndjson_of(FindingIn))`."""
    told = schema.model_json_schema(schema_generator=NinjaGenerateJsonSchema)
    whole = _whole(told, told.pop("$defs", {})) | {"description": "one such object a line"}
    return {"requestBody": {"required": True, "content": {NDJSON: {"schema": whole}}}}


def _whole(told: Any, parts: dict[str, Any]) -> Any:
    """Return a schema with references replaced by their definitions."""
    if isinstance(told, list):
        return [_whole(one, parts) for one in told]
    if not isinstance(told, dict):
        return told
    if "$ref" in told:
        named = parts[told["$ref"].rpartition("/")[2]]
        return _whole(named, parts) | {name: value for name, value in told.items() if name != "$ref"}
    return {name: _whole(value, parts) for name, value in told.items()}


def _explain(error: ValidationError) -> str:
    found = error.errors(include_url=False, include_input=False)
    return "; ".join(f"{'.'.join(map(str, one['loc']))} {translate_error(dict(one))}".strip() for one in found)
