"""The TAXII 2.1 server: discovery, one API root, collections, manifests, objects, versions and statuses.

Callers are known by an API key, as password of HTTP Basic, as the standard wants, or as bearer token; or by an access
token of the token endpoint of the site. A page is one
range of row ids, so that the last one costs what the first one does.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.views.decorators.csrf import csrf_exempt

from fanzha.command.exchange.additions import add_received, to_taxii
from fanzha.command.exchange.models import AdditionStatus, GivenCount
from fanzha.command.exchange.object_store import ObjectFilter, select_objects
from fanzha.command.exchange.release import ExitRecord, PassageClosed, record_exit
from fanzha.command.exchange.selectors import CollectionAccess, find_collection, find_collections
from fanzha.command.exchange.share_settings import load_exchange_settings
from fanzha.command.exchange.taxii import (
    MAX_CONTENT_LENGTH,
    STIX_TYPE,
    TAXII_TYPE,
    TaxiiError,
    check_accept,
    check_content_type,
    error_response,
    read_envelope,
    read_filter,
    read_limit,
    read_secret,
    taxii_response,
    write_envelope,
    write_moment,
    write_next,
)
from fanzha.command.number_signals.services import authenticate_by_token
from fanzha.command.organizations.selectors import get_actor_ref
from fanzha.command.web.api.callers import Caller
from fanzha.command.web.api.problems import Problem
from fanzha.command.web.api.rate_limit import RateLimit
from fanzha.command.web.api.scopes import scope_of
from fanzha.command.web.scoping import unscoped
from fanzha.share.number_scan import holds_number

_UNSCOPED = unscoped("the caller was authenticated by its key, and its access to the collection was checked")
_LIMIT = RateLimit()
View = Callable[..., HttpResponse]


def taxii_endpoint(*methods: str) -> Callable[[View], View]:
    """Return the decorator of a view that takes a caller: media type, key, scope and rate are checked before."""

    def decorate(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def answer(request: HttpRequest, **values: Any) -> HttpResponse:
            try:
                check_accept(request)
                if request.method not in methods:
                    raise TaxiiError(405, "Method Not Allowed")
                return view(request, authenticate_program(request), **values)
            except TaxiiError as error:
                response = error_response(error)
                if error.status == 405:
                    response["Allow"] = ", ".join(methods)
                return response

        return answer

    return decorate


def authenticate_program(request: HttpRequest) -> Caller:
    """Return the caller of a key within its rate and scope. Raise TaxiiError."""
    secret = read_secret(request.headers.get("Authorization", ""))
    authenticate: Callable[[str], Caller | None] = import_string(settings.API_KEY_AUTHENTICATOR)
    caller = authenticate(secret) or authenticate_by_token(request, secret) if secret else None
    if caller is None:
        ways = "Send an API key as password of HTTP Basic or as bearer token, or an access token as bearer token"
        raise TaxiiError(401, "Unauthorized", ways)
    try:
        _LIMIT.take(caller.name, caller.per_minute)
    except Problem:
        raise TaxiiError(429, "Too Many Requests") from None
    if not caller.viewer.may(scope_of("exchange", request.method or "GET")):
        raise TaxiiError(403, "Forbidden", "The key lacks the scope of the exchange")
    return caller


@taxii_endpoint("GET")
def discovery(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Return what this server has (§4.1)."""
    root = request.build_absolute_uri(reverse("taxii_root"))
    return taxii_response(
        {
            "title": "Fanzha",
            "description": "反诈情报交换 / anti-fraud intelligence",
            "default": root,
            "api_roots": [root],
        }
    )


@taxii_endpoint("GET")
def api_root(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Return the one API root (§4.2)."""
    return taxii_response({"title": "Fanzha", "versions": [TAXII_TYPE], "max_content_length": MAX_CONTENT_LENGTH})


@taxii_endpoint("GET")
def collections(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Return the collections that the caller may read (§5.1)."""
    found = [_describe(access) for access in find_collections(caller.viewer.organization, caller.viewer.shared_by)]
    return taxii_response({"collections": found} if found else {})


@taxii_endpoint("GET")
def collection(request: HttpRequest, caller: Caller, taxii_id: UUID) -> HttpResponse:
    """Return one collection (§5.2)."""
    return taxii_response(_describe(find_access(caller, taxii_id)))


@taxii_endpoint("GET")
def status(request: HttpRequest, caller: Caller, ref: UUID) -> HttpResponse:
    """Return the result of a request that added objects (§4.3)."""
    row = _UNSCOPED.rows(AdditionStatus).filter(ref=ref, owner=caller.viewer.organization).first()
    if row is None:
        raise TaxiiError(404, "Not Found")
    return taxii_response(to_taxii(row))


@taxii_endpoint("GET", "POST")
def objects(request: HttpRequest, caller: Caller, taxii_id: UUID) -> HttpResponse:
    """Return a page of objects (§5.4), or add some (§5.5)."""
    access = find_access(caller, taxii_id)
    return (
        _add(request, caller, access)
        if request.method == "POST"
        else _page(request, caller, access, read_filter(request))
    )


@taxii_endpoint("GET")
def one_object(request: HttpRequest, caller: Caller, taxii_id: UUID, stix_id: str) -> HttpResponse:
    """Return one object by its id (§5.6). Objects are revoked, never deleted."""
    access = find_access(caller, taxii_id)
    wanted = read_filter(request)._replace(ids=(stix_id,), types=())
    _require_object(access, stix_id)
    return _page(request, caller, access, wanted)


@taxii_endpoint("GET")
def versions(request: HttpRequest, caller: Caller, taxii_id: UUID, stix_id: str) -> HttpResponse:
    """Return the versions of an object, the latest first (§5.8)."""
    access = find_access(caller, taxii_id)
    _require_object(access, stix_id)
    wanted = read_filter(request)._replace(ids=(stix_id,), types=(), versions=("all",))
    rows, next_ = _take(request, access, wanted, "version", "added_at")
    body: dict[str, Any] = {"versions": [version for _, version, _ in reversed(rows)]}
    response = _with_dates(taxii_response(body | _more(next_)), [added_at for _, _, added_at in rows])
    return leave_abroad(access, "taxii versions", rows, response)


@taxii_endpoint("GET")
def manifest(request: HttpRequest, caller: Caller, taxii_id: UUID) -> HttpResponse:
    """Return what is in a collection without the objects themselves (§5.3)."""
    access = find_access(caller, taxii_id)
    rows, next_ = _take(request, access, read_filter(request), "stix_id", "version", "added_at")
    entries = [
        {"id": stix_id, "date_added": write_moment(added_at), "version": version, "media_type": STIX_TYPE}
        for _, stix_id, version, added_at in rows
    ]
    response = taxii_response(_more(next_) | {"objects": entries} if entries else {})
    return leave_abroad(access, "taxii manifest", rows, _with_dates(response, [row[-1] for row in rows]))


def _page(request: HttpRequest, caller: Caller, access: CollectionAccess, wanted: ObjectFilter) -> HttpResponse:
    rows, next_ = _take(request, access, wanted, "added_at", "body")
    if rows:
        count_given(access, caller.viewer.organization, len(rows), timezone.now())
    response = taxii_response(write_envelope([bytes(body) for _, _, body in rows], next_) if rows else {})
    return leave_abroad(access, "taxii objects", rows, _with_dates(response, [added_at for _, added_at, _ in rows]))


def leave_abroad(
    access: CollectionAccess, road: str, rows: list[tuple[Any, ...]], response: HttpResponse, *, is_bare: bool = False
) -> HttpResponse:
    """Put on record what is about to be given to a reader abroad; say why, if it is given nothing.

    `is_bare`: the answer says something without any object, as a list of files. Raise TaxiiError if the passage ended.
    """
    if access.foreign is not None and access.passage is not None:
        if not access.passage.is_open:
            response["X-Fanzha-Withheld"] = access.passage.why.en
        elif rows or is_bare:
            body = hashlib.sha256(response.content).hexdigest()
            left = ExitRecord([row[0] for row in rows], road, body, timezone.now())
            try:
                record_exit(access.foreign, access.passage, left)
            except PassageClosed as closed:
                raise TaxiiError(403, "Forbidden", closed.why.en) from None
    return response


def _take(
    request: HttpRequest, access: CollectionAccess, wanted: ObjectFilter, *columns: str
) -> tuple[list[tuple[Any, ...]], str]:
    """Return a page of rows, and `next` of the page after it ("" on the last one)."""
    limit = read_limit(request, load_exchange_settings().page_objects)
    found = select_objects(access.collection, wanted, access.markings).filter(access.admitted)
    rows = list(found.values_list("pk", *columns)[: limit + 1])
    page = rows[:limit]
    return page, write_next(page[-1][0]) if len(rows) > limit else ""


def _more(next_: str) -> dict[str, Any]:
    return {"more": True, "next": next_} if next_ else {"more": False}


def _with_dates(response: HttpResponse, moments: list[datetime]) -> HttpResponse:
    if moments:
        response["X-TAXII-Date-Added-First"] = write_moment(moments[0])
        response["X-TAXII-Date-Added-Last"] = write_moment(moments[-1])
    return response


def _add(request: HttpRequest, caller: Caller, access: CollectionAccess) -> HttpResponse:
    check_content_type(request)
    if not access.may_add:
        raise TaxiiError(403, "Forbidden", "You may read this collection and add nothing to it")
    sent = read_envelope(request, load_exchange_settings().added_objects)
    organization: Any = caller.organization
    actor = get_actor_ref(caller.viewer, organization.ref)
    row = add_received(access.collection, sent, organization, actor, timezone.now())
    return taxii_response(to_taxii(row), 202)


def find_access(caller: Caller, taxii_id: UUID) -> CollectionAccess:
    """Return the access of a caller to a collection. Raise TaxiiError if there is none."""
    access = find_collection(caller.viewer.organization, str(taxii_id), caller.viewer.shared_by)
    if access is None:
        raise TaxiiError(404, "Not Found", "There is no such collection, or you may not read it")
    return access


def _require_object(access: CollectionAccess, stix_id: str) -> None:
    wanted = ObjectFilter(ids=(stix_id,), versions=("all",))
    if not select_objects(access.collection, wanted, access.markings).filter(access.admitted).exists():
        raise TaxiiError(404, "Not Found", "The collection has no such object")


def _describe(access: CollectionAccess) -> dict[str, Any]:
    row, passage = access.collection, access.passage
    title, description = f"{row.title_zh} / {row.title_en}", f"{row.owner.name_zh} / {row.owner.name_en}, {row.ceiling}"
    if passage is not None:
        title = row.ref if holds_number(title) else title
        description = "" if holds_number(description) else description
    if passage is not None and not passage.is_open:
        title = row.ref
        description = f"空集合：{passage.why.zh} / Empty: {passage.why.en}"
    return {
        "id": str(row.taxii_id),
        "title": title,
        "description": description,
        "can_read": True,
        "can_write": access.may_add,
        "media_types": [STIX_TYPE],
    }


def count_given(access: CollectionAccess, receiver: int, number: int, now: datetime) -> None:
    """Count what an organisation other than the owner was given; a job puts each hour on record."""
    if access.is_owner:
        return
    hour = now.replace(minute=0, second=0, microsecond=0)
    row = {"collection": access.collection, "receiver_id": receiver, "hour": hour}
    _UNSCOPED.rows(GivenCount).bulk_create([GivenCount(**row)], ignore_conflicts=True)
    _UNSCOPED.rows(GivenCount).filter(**row).update(
        requests=F("requests") + 1, objects_given=F("objects_given") + number
    )
