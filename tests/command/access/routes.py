"""Every address of the site with its methods, read from Django and from the API, so that none is forgotten."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.urls import URLPattern, URLResolver, get_resolver
from tests.command.access.owning import Owned

from fanzha.command.web.api.routers import site_api
from fanzha.command.web.roles import Kind, Role

#: Addresses for everybody, and why.
OPEN = {
    "home": "whoever has not signed in reads what the public can do here",
    "healthz": "whoever keeps the site asks whether it lives",
    "readyz": "whoever balances it asks whether it is ready",
    "metrics": "this machine alone reads counts of jobs; others get nothing",
    "openapi": "programs read it before they have a key; it tells of routes, of nobody's data",
    "api-root": "there is nothing there",
    "api_nowhere": "there is nothing there",
    "order_answers": "a receiver's system is known by its signature, and nobody else learns anything there",
    "blocked": "who was led there by a gateway reads why a site is blocked, by the facts of its notice",
    "tag_lookup": "anybody looks a number up; it tells what is shown to the public",
    "tag_dispute": "the owner of a number has no account: the code from the counter is what counts",
    "tag_hashes": "what is shown to the public, by the beginning of a hash",
    "tag_manifest": "what a phone needs to install the page",
    "tag_worker": "and its worker",
    "link_list": "whoever wants to be warned reads what the extension for browsers does",
    "link_list_extension": "and loads it",
    "hash_lists": "anybody's browser compares links with the public list; it tells hashes, of nobody's data",
    "hash_list": "the same, the list itself",
    "hash_list_batch": "the same, as clients of Safe Browsing ask for it",
    "hash_search": "whole hashes by their first four bytes; nothing of the question is stored",
    "oauth2_token": "a bank's program is known by its client credentials",
    "camara": "and afterwards by its access token",
    "taxii_discovery": "a program of an organisation is known by its key, which each address of the server asks for",
    "taxii_root": "the same",
    "taxii_status": "the same",
    "taxii_collections": "the same",
    "taxii_collection": "the same",
    "taxii_manifest": "the same",
    "taxii_objects": "the same",
    "taxii_object": "the same",
    "taxii_versions": "the same",
    "exchange_misp_manifest": "the same, as files",
    "exchange_misp_event": "the same",
    "exchange_table": "the same",
    "join": "who is invited is nobody yet: the secret in the address is what lets him in",
    "public_start": "the public reports fraud without an account",
    "public_report": "the same",
    "public_follow": "the receipt code lets the reporter in",
    "public_report_challenge": "a program of the public asks for it first",
    "public_report_api": "the same as the pages, by a program",
    "public_report_api_follow": "the receipt code lets the reporter in",
    "public_bulletins": "a published bulletin is for everybody",
    "public_bulletin": "the same",
    "public_bulletin_json": "the same, for programs",
    "public_bulletin_pdf": "the same, to print",
    "public_bulletin_feed": "and for readers of feeds",
    "appeal": "who is limited has no account: the notice code with its proof lets them in",
    "appeal_follow": "and the receipt code of the appeal",
    "notice_receipt": "an SMS gateway is known by the secret of the text",
    "learn": "what is taught is for everybody",
    "learn_feed": "the same as a feed",
    "learn_item": "the same, one item",
    "learn_quiz": "a quiz stores nothing of who takes it",
    "public_figures": "figures that a regulator decided to publish",
    "choose_language": "the page of the login is read in both languages",
    "choose_theme": "and in light or dark",
}
#: Pages of a package for signing in, tested there; they know of people, of nothing else that is here.
_SIGNING_IN = "accounts/"


class Route(NamedTuple):
    """One method of one address, `{name}` for each parameter; `app` is the folder its view lies in."""

    method: str
    address: str
    name: str
    app: str
    roles: tuple[Role, ...] = ()
    kinds: tuple[Kind, ...] = ()
    guarded: bool = True
    body: Any = None

    def __str__(self) -> str:
        return f"{self.method} {self.address}"

    @property
    def is_api(self) -> bool:
        """Return whether it is a route of the API, behind its door."""
        return self.address.startswith("api/v1/") and self.name.startswith("api:")

    @property
    def is_open(self) -> bool:
        """Return whether it is for everybody."""
        return self.name in OPEN

    def is_for(self, kind: str, *roles: Role) -> bool:
        """Return whether people with one of these roles are let in."""
        return (not self.roles or bool({*self.roles} & {*roles})) and (not self.kinds or kind in self.kinds)


def all_routes() -> list[Route]:
    """Return pages and routes of the API."""
    return [*pages(), *api_routes()]


def addresses() -> Iterator[tuple[str, URLPattern]]:
    """Yield every address that the resolver knows, except for signing in."""
    for address, pattern in _walked(get_resolver().url_patterns):
        if not address.startswith(_SIGNING_IN):
            yield address, pattern


def pages() -> Iterator[Route]:
    """Yield each page for reading and for sending: which of the two it takes, it says itself when it is asked."""
    for address, pattern in addresses():
        view = pattern.callback
        if view.__module__ == "ninja.operation":
            continue
        module = re.fullmatch(r"fanzha\.command\.(\w+)\..*", view.__module__)
        for method in ("GET", "POST"):
            yield Route(
                method=method,
                address=address,
                name=pattern.name or "",
                app=module[1] if module else "",
                roles=getattr(view, "roles", ()),
                kinds=getattr(view, "kinds", ()),
                guarded=getattr(view, "guarded", False),
            )


def api_routes() -> Iterator[Route]:
    """Yield the routes of the API as its OpenAPI file tells them."""
    document = site_api().get_openapi_schema()
    for address, methods in document["paths"].items():
        for method, told in methods.items():
            yield Route(
                method=method.upper(),
                address=address.lstrip("/"),
                name=f"api:{told['operationId']}",
                app=address.split("/")[3],
                roles=tuple(Role(role) for role in told.get("x-roles", ())),
                kinds=tuple(Kind(kind) for kind in told.get("x-kinds", ())),
                body=_smallest_body(told, document),
            )


def filled(route: Route, owned: Owned) -> tuple[str, bool]:
    """Return the path of a route about something of the owner's, and whether others must get 404 for it."""
    hidden, path = False, "/" + route.address
    for found in re.finditer(r"\{(\w+)\}", route.address):
        key = route.address[: found.end()]
        values = {**owned.shared, **owned.hidden}
        if key not in values:
            raise LookupError(
                f"{route}: nobody says what stands for {key!r}. In tests/command/{route.app}/owned.py, let `owned` "
                f"make something of the owner's, and name it in `hidden` (others get 404) or `shared` (everybody's)"
            )
        hidden = hidden or key in owned.hidden
        path = path.replace(f"{{{found[1]}}}", str(values[key]), 1)
    return path, hidden


def _walked(patterns: list[Any], before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        address = before + _plain(str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from _walked(pattern.url_patterns, address)
        else:
            yield address, pattern


def _plain(pattern: str) -> str:
    named = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"{\1}", pattern)
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", named).strip("^$")


def _smallest_body(told: dict[str, Any], document: dict[str, Any]) -> Any:
    content = told.get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema")
    return None if schema is None else _smallest(schema, document)


def _smallest(schema: dict[str, Any], document: dict[str, Any]) -> Any:
    """Return the smallest value that a schema allows."""
    if "$ref" in schema:
        return _smallest(document["components"]["schemas"][schema["$ref"].rpartition("/")[2]], document)
    for words in ("anyOf", "oneOf", "allOf"):
        if words in schema:
            return _smallest(schema[words][0], document)
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    match schema.get("type"):
        case "object":
            wanted = schema.get("required", ())
            return {
                name: _smallest(one, document) for name, one in schema.get("properties", {}).items() if name in wanted
            }
        case "array":
            return [_smallest(schema["items"], document)] * schema.get("minItems", 0)
        case "string":
            return _SAMPLES.get(schema.get("format", ""), "x" * max(1, schema.get("minLength", 1)))
        case "integer" | "number":
            return schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1)
        case "boolean":
            return False
    return None


_SAMPLES = {"date-time": "2026-03-02T08:00:00Z", "date": "2026-03-02", "email": "a@carrier.example"}
