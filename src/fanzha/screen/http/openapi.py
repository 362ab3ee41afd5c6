"""Build the OpenAPI 3.1 description from the routes and their structs."""

import inspect
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from fanzha import __version__
from fanzha.base.words import Words
from fanzha.claims.treatment import TREATMENT_WORDS
from fanzha.claims.verdict import LEVEL_WORDS
from fanzha.screen.http.problem import CONTENT_TYPE, PROBLEMS, ProblemDetails
from fanzha.screen.http.route import HttpRoute, Parameter
from fanzha.screen.http.routes import ROUTES
from fanzha.screen.stir.result import VERSTAT_WORDS

_REF = "#/components/schemas/{name}"
_ALWAYS = ("failed",)
_WITH_KEY = ("no-key", "unknown-key", "out-of-scope", "too-fast")
_WITH_BODY = ("too-slow", "too-large", "wrong-type")
_WITH_JSON = ("malformed", "wrong-shape")

#: Enumerations with a text for each value.
_NAMED: dict[str, Mapping[Any, Words]] = {
    "Level": LEVEL_WORDS,
    "Treatment": TREATMENT_WORDS,
    "Verstat": VERSTAT_WORDS,
}

_ABOUT = Words(
    "反诈实时筛查接口：呼叫研判、查询、按哈希前缀查询、事件输入、健康与指标。除健康检查外均须密钥，密钥按权限与频率限制。"
    "出错时以 problem+json（RFC 9457）答复，语言随 Accept-Language。",
    "Screening in the moment: calls, look-ups, look-ups by hash prefix, feeds of events, health and metrics. All but "
    "health needs a key with a scope and a rate. Problems are told as problem+json (RFC 9457), in Chinese or English.",
)


def build_description() -> dict[str, Any]:
    """Return the whole description, ready for JSON."""
    structs = {struct for route in ROUTES for struct in (route.takes, route.gives) if struct} | {ProblemDetails}
    _, schemas = msgspec.json.schema_components(sorted(structs, key=str), ref_template=_REF)
    for schema in schemas.values():
        # Python 3.13 strips the indent of docstrings when it compiles them, earlier ones do not.
        schema["description"] = inspect.cleandoc(schema["description"])
    for name, words in _NAMED.items():
        schemas[name]["description"] = ", ".join(f"`{value}` {_line(text)}" for value, text in words.items())
    paths: dict[str, dict[str, Any]] = defaultdict(dict)
    for route in ROUTES:
        paths[route.path][route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Fanzha 反诈: screens",
            "version": __version__,
            "description": _both(_ABOUT),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": dict(paths),
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": "fanzha screen key add"}},
        },
    }


def _operation(route: HttpRoute) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.name,
        "summary": f"{route.title.en} {route.title.zh}",
        "description": _both(route.tells),
        "security": [{"key": [route.scope.value]}] if route.scope else [],
        "responses": _responses(route),
    }
    if route.parameters:
        operation["parameters"] = [_parameter(parameter) for parameter in route.parameters]
    if route.max_body_bytes:
        schema = _schema(route.takes) if route.takes else {"contentMediaType": route.body_type.decode()}
        operation["requestBody"] = {
            "required": bool(route.takes),
            "content": {route.body_type.decode(): {"schema": schema}},
        }
    return operation


def _parameter(parameter: Parameter) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    schema |= {"pattern": parameter.pattern} if parameter.pattern else {}
    schema |= {"enum": list(parameter.values)} if parameter.values else {}
    schema |= {"minLength": 1, "maxLength": parameter.longest} if parameter.longest else {}
    location = "query" if parameter.in_query else "path"
    return {
        "name": parameter.name,
        "in": location,
        "required": parameter.required,
        "description": _line(parameter.tells),
        "schema": schema,
    }


def _responses(route: HttpRoute) -> dict[str, Any]:
    content = route.content_type.decode()
    schema = _schema(route.gives) if route.gives else {"type": "string"}
    responses: dict[str, Any] = {"200": {"description": _line(route.title), "content": {content: {"schema": schema}}}}
    responses |= {str(status): {"description": _line(words)} for status, words in route.other_statuses}
    return dict(sorted((responses | _problems(_codes(route))).items()))


def _codes(route: HttpRoute) -> Iterable[str]:
    yield from _ALWAYS
    yield from _WITH_KEY if route.scope else ()
    yield from _WITH_BODY if route.max_body_bytes else ()
    yield from _WITH_JSON if route.takes else ()
    yield from route.problems


def _problems(codes: Iterable[str]) -> dict[str, Any]:
    by_status: dict[str, list[str]] = defaultdict(list)
    for code in dict.fromkeys(codes):
        by_status[str(PROBLEMS[code].status)].append(f"`{code}`: {_line(PROBLEMS[code].title)}")
    content = {CONTENT_TYPE.decode(): {"schema": _schema(ProblemDetails)}}
    return {status: {"description": "\n\n".join(lines), "content": content} for status, lines in by_status.items()}


def _schema(struct: type) -> dict[str, str]:
    return {"$ref": _REF.format(name=struct.__name__)}


def _line(words: Words) -> str:
    return f"{words.en} {words.zh}"


def _both(words: Words) -> str:
    return f"{words.en}\n\n{words.zh}"
