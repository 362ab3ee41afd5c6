"""Add to the OpenAPI file what all routes share: problems, scopes, idempotency keys and ETags."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from fanzha.command.web.api.not_repeatable import MARK
from fanzha.command.web.api.problems import CONTENT_TYPE, KINDS
from fanzha.command.web.api.scopes import scope_of

_PROBLEM = {
    "title": "Problem",
    "description": "RFC 9457",
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "description": "urn:fanzha:problem:KIND"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}
#: The first sentence, or what stands before its first semicolon.
_SENTENCE = re.compile(r"(.+?)[.;](?:\s|$)", re.DOTALL)
_ALWAYS = (400, 401, 403, 404, 422, 429, 503)
#: Problems that say in Retry-After when to ask again.
_TEMPORARY = (429, 503)
_OF_CHANGES = (409, 412, 413, 415)
_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "description": "the same request with the same key has one effect",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
}


def described(document: dict[str, Any]) -> dict[str, Any]:
    """Return an OpenAPI document with the shared descriptions added."""
    document["components"].setdefault("schemas", {})["Problem"] = _PROBLEM
    for path, method, operation in _operations(document):
        changes = method.upper() != "GET"
        _summarize(operation)
        operation["x-scope"] = scope_of(path.split("/")[3], method.upper())
        for status in (*_ALWAYS, *(_OF_CHANGES if changes else ())):
            operation["responses"].setdefault(status, _problem(status))
        if changes:
            operation.setdefault("parameters", []).extend([] if MARK in operation else [_KEY])
        else:
            operation["responses"].setdefault(304, {"description": "Not Modified"})
    return document


def _summarize(operation: dict[str, Any]) -> None:
    """Summarise a route by the first sentence of its description, and in Chinese by the list of summaries."""
    if sentence := _SENTENCE.match(operation.get("description", "")):
        operation["summary"] = " ".join(sentence[1].split())
    if chinese := chinese_summaries().get(operation.get("operationId", "").removeprefix("fanzha_command_")):
        operation["x-summary-zh"] = chinese


@cache
def chinese_summaries() -> Mapping[str, str]:
    """Return the Chinese summaries by operation id, without the prefix that all ids have."""
    text = (files("fanzha.command.web.api") / "summaries_zh.yaml").read_bytes()
    return msgspec.yaml.decode(text, type=dict[str, str])


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def _problem(status: int) -> dict[str, Any]:
    titles = [kind.title for kind in KINDS.values() if kind.status == status]
    schema = {"$ref": "#/components/schemas/Problem"}
    problem: dict[str, Any] = {"description": str(titles[0]), "content": {CONTENT_TYPE: {"schema": schema}}}
    if status in _TEMPORARY:
        problem["headers"] = {"Retry-After": {"description": "seconds", "schema": {"type": "integer", "minimum": 0}}}
    return problem
