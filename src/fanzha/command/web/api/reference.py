"""What the reference page shows of each route: parameters, an example of the body, answers, the scope of keys."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from fanzha.base.words import Words
from fanzha.command.web.api.scopes import READING
from fanzha.command.web.i18n import localize

#: How deep an example of a body goes into nested schemas.
_DEPTH = 5
_JSON = "application/json"
_NAMED = {"string": "text", "integer": 1, "number": 1.0, "boolean": True}
_FORMATS = {"date-time": "2026-03-01T08:00:00+08:00", "date": "2026-03-01", "email": "name@example.org"}


class ReferenceParameter(NamedTuple):
    """A parameter in the path, the query or a header; `choices` are the allowed values, if they are named."""

    name: str
    place: str
    description: str
    is_required: bool
    default: str
    choices: tuple[str, ...]


class ReferenceAnswer(NamedTuple):
    """A possible answer: status and what it means."""

    status: str
    description: str


class DocumentedRoute(NamedTuple):
    """One route. `body` is an example as JSON, "" without a body; `media` is its type."""

    ident: str
    method: str
    path: str
    summary: str
    summary_zh: str
    description: str
    scope: str
    parameters: tuple[ReferenceParameter, ...]
    body: str
    media: str
    answers: tuple[ReferenceAnswer, ...]

    @property
    def title(self) -> str:
        """Return the summary in the reader's language, in English if there is no Chinese one."""
        return localize(Words(self.summary_zh or self.summary, self.summary))

    @property
    def is_reading(self) -> bool:
        """Return whether a request changes nothing."""
        return self.method in READING


def documented_routes(document: Mapping[str, Any]) -> Iterator[DocumentedRoute]:
    """Yield the routes of an OpenAPI description in its order."""
    schemas = document.get("components", {}).get("schemas", {})
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            media, body = _body(told, schemas)
            yield DocumentedRoute(
                ident=told["operationId"],
                method=method.upper(),
                path=path,
                summary=told.get("summary", ""),
                summary_zh=told.get("x-summary-zh", ""),
                description=told.get("description", ""),
                scope=told["x-scope"],
                parameters=tuple(_parameter(one, schemas) for one in told.get("parameters", ())),
                body=body,
                media=media,
                answers=tuple(
                    ReferenceAnswer(str(status), answer.get("description", ""))
                    for status, answer in sorted(told["responses"].items(), key=lambda item: str(item[0]))
                ),
            )


def _parameter(told: Mapping[str, Any], schemas: Mapping[str, Any]) -> ReferenceParameter:
    schema = _resolve(told.get("schema", {}), schemas)
    default = schema.get("default")
    return ReferenceParameter(
        name=told["name"],
        place=told["in"],
        description=told.get("description") or schema.get("description", ""),
        is_required=told.get("required", False),
        default="" if default is None else str(default),
        choices=tuple(str(choice) for choice in schema.get("enum", ())),
    )


def _body(told: Mapping[str, Any], schemas: Mapping[str, Any]) -> tuple[str, str]:
    """Return the media type and the example of a body, both "" without one."""
    for media, content in told.get("requestBody", {}).get("content", {}).items():
        if media == _JSON:
            example = make_example(content.get("schema", {}), schemas)
            return media, json.dumps(example, ensure_ascii=False, indent=2)
        return media, ""
    return "", ""


def make_example(schema: Mapping[str, Any], schemas: Mapping[str, Any], depth: int = _DEPTH) -> Any:
    """Return a value that fits a schema as far as its types say; what goes deeper than `depth` is null."""
    schema = _resolve(schema, schemas)
    if depth == 0:
        return None
    for key in ("example", "const", "default"):
        if schema.get(key) is not None:
            return schema[key]
    if schema.get("enum"):
        return schema["enum"][0]
    if schema.get("properties"):
        properties = schema["properties"].items()
        return {name: make_example(one, schemas, depth - 1) for name, one in properties}
    if schema.get("type") == "array":
        return [make_example(schema.get("items", {}), schemas, depth - 1)]
    return _FORMATS.get(schema.get("format", "")) or _NAMED.get(schema.get("type", ""))


def _resolve(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow a reference, and take the first alternative that is not null."""
    while "$ref" in schema:
        schema = schemas.get(schema["$ref"].rpartition("/")[2], {})
    for key in ("anyOf", "oneOf", "allOf"):
        options = [option for option in schema.get(key, ()) if option.get("type") != "null"]
        if options:
            return _resolve(options[0], schemas)
    return schema
