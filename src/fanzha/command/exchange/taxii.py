"""The protocol of TAXII 2.1 (OASIS Standard, 2021): media types, filters, pages and error bodies."""

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse

from fanzha.command.exchange.object_store import ObjectFilter

TAXII_TYPE = "application/taxii+json;version=2.1"
STIX_TYPE = "application/stix+json;version=2.1"
#: The largest request that adds objects, in bytes; `max_content_length` of the API root.
MAX_CONTENT_LENGTH = 8 * 1024 * 1024
_MAX_LISTED = 1_000
_SIGNER = Signer(salt="exchange.next")
_PLAIN = ("*/*", "application/*", "application/taxii+json", TAXII_TYPE)


class TaxiiError(Exception):
    """An error as TAXII 2.1 defines it (§3.6.1)."""

    def __init__(self, status: int, title: str, description: str = "") -> None:
        super().__init__(status, title)
        self.status, self.title, self.description = status, title, description


def taxii_response(body: Mapping[str, Any] | bytes, status: int = 200) -> HttpResponse:
    """Return a response with a body of TAXII."""
    content = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    response = HttpResponse(content, status=status, content_type=TAXII_TYPE)
    response["Cache-Control"] = "no-store"
    return response


def error_response(error: TaxiiError) -> HttpResponse:
    """Return the response of an error; 401 names the schemes."""
    body = {"title": error.title, "http_status": str(error.status)}
    response = taxii_response(body | ({"description": error.description} if error.description else {}), error.status)
    if error.status == 401:
        response["WWW-Authenticate"] = 'Basic realm="fanzha", charset="UTF-8", Bearer realm="fanzha"'
    return response


def check_accept(request: HttpRequest) -> None:
    """Raise TaxiiError if the client does not take what TAXII 2.1 answers (§3.3)."""
    accepted = request.headers.get("Accept", "*/*").lower().replace(" ", "")
    if not any(part.partition(";q=")[0] in _PLAIN for part in accepted.split(",")):
        raise TaxiiError(406, "Not Acceptable", f"This server answers {TAXII_TYPE}")


def check_content_type(request: HttpRequest) -> None:
    """Raise TaxiiError if a request does not send TAXII 2.1."""
    sent = request.headers.get("Content-Type", "").lower().replace(" ", "")
    if sent not in (TAXII_TYPE, "application/taxii+json"):
        raise TaxiiError(415, "Unsupported Media Type", f"Send {TAXII_TYPE}")


def read_secret(header: str) -> str:
    """Return the key in an Authorization header: the password of Basic, or the token of Bearer. "" if there is none."""
    scheme, _, rest = header.partition(" ")
    match scheme.lower():
        case "bearer" | "token":
            return rest.strip()
        case "basic":
            try:
                return base64.b64decode(rest.strip(), validate=True).decode().partition(":")[2]
            except ValueError:
                return ""
    return ""


def read_filter(request: HttpRequest) -> ObjectFilter:
    """Return the filter of a request. Raise TaxiiError for values that the standard does not allow."""
    query = request.GET
    return ObjectFilter(
        after=read_next(query["next"]) if "next" in query else 0,
        added_after=_read_moment(query["added_after"]) if "added_after" in query else None,
        ids=_read_list(query.get("match[id]", "")),
        types=_read_list(query.get("match[type]", "")),
        versions=_read_list(query.get("match[version]", "last")) or ("last",),
        spec_versions=_read_list(query.get("match[spec_version]", "")),
    )


def read_limit(request: HttpRequest, most: int) -> int:
    """Return how many objects a page has at most. Raise TaxiiError."""
    text = request.GET.get("limit", str(most))
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text)):
        raise TaxiiError(400, "Bad Request", "limit is a whole number above 0")
    return min(int(text), most)


def write_next(row: int) -> str:
    """Return the opaque `next` of the page after a row."""
    return base64.urlsafe_b64encode(_SIGNER.sign(str(row)).encode()).decode().rstrip("=")


def read_next(text: str) -> int:
    """Return the row that a `next` of this server names. Raise TaxiiError."""
    try:
        return int(_SIGNER.unsign(base64.urlsafe_b64decode(f"{text}{'=' * (-len(text) % 4)}").decode()))
    except (BadSignature, binascii.Error, UnicodeDecodeError, ValueError):
        raise TaxiiError(400, "Bad Request", "next is not one that this server gave") from None


def _read_moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise TaxiiError(400, "Bad Request", "added_after is a timestamp such as 2026-11-30T08:00:00.000000Z") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _read_list(text: str) -> tuple[str, ...]:
    values = tuple(filter(None, (part.strip() for part in text.split(",", _MAX_LISTED + 1))))
    if len(values) > _MAX_LISTED:
        raise TaxiiError(400, "Bad Request", f"a filter has at most {_MAX_LISTED} values")
    return values


def write_moment(moment: datetime) -> str:
    """Return a time with microseconds, as manifests have them (§3.2)."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def write_envelope(bodies: Iterable[bytes], next_: str) -> bytes:
    """Return an envelope of objects that are encoded already."""
    head = f'{{"more":true,"next":"{next_}",'.encode() if next_ else b'{"more":false,'
    return head + b'"objects":[' + b",".join(bodies) + b"]}"


def read_envelope(request: HttpRequest, most: int) -> list[dict[str, Any]]:
    """Return the objects that a request adds. Raise TaxiiError."""
    if len(request.body) > MAX_CONTENT_LENGTH:
        raise TaxiiError(413, "Request Entity Too Large")
    try:
        envelope = json.loads(request.body)
        objects = envelope["objects"]
    except (ValueError, RecursionError, KeyError, TypeError):
        raise TaxiiError(422, "Unprocessable Entity", "The body is no envelope of objects") from None
    if not isinstance(objects, list) or not objects or not all(isinstance(one, dict) for one in objects):
        raise TaxiiError(422, "Unprocessable Entity", "objects is a list of at least one object")
    if len(objects) > most:
        raise TaxiiError(413, "Request Entity Too Large", f"at most {most} objects a request")
    return objects
