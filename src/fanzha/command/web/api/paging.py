"""Paging by primary key, so that no row is skipped or repeated while rows are added."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.core.signing import BadSignature, Signer
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import Field

from fanzha.command.web.api.problems import Problem

T = TypeVar("T")
MOST = 500


class Paging(Schema):
    """Paging parameters: `limit` rows from `cursor`, which is `next` of the previous page."""

    cursor: str = Field(default="", max_length=200, description="`next` of the page before; empty for the first page")
    limit: int = Field(default=100, ge=1, le=MOST)


class Page(Schema, Generic[T]):
    """One page. `next` is empty on the last one."""

    items: list[T]
    next: str


def paginate(rows: "QuerySet[Any]", paging: Paging, *, newest_first: bool = True) -> dict[str, Any]:
    """Return one page of rows ordered by primary key, in the form of `Page`. Raise Problem."""
    where = f"{rows.model._meta.label}{'-' if newest_first else '+'}"
    rows = rows.order_by("-pk" if newest_first else "pk")
    if paging.cursor:
        last = _decode_cursor(paging.cursor, where)
        rows = rows.filter(pk__lt=last) if newest_first else rows.filter(pk__gt=last)
    found = list(rows[: paging.limit + 1])
    items = found[: paging.limit]
    return {"items": items, "next": _encode_cursor(items[-1].pk, where) if len(found) > paging.limit else ""}


def read_page(read: Callable[[], T]) -> T:
    """Return the page that `read` returns. Raise Problem if it raises ValueError, for an invalid cursor."""
    try:
        return read()
    except ValueError:
        raise _cursor_problem() from None


def _encode_cursor(last: Any, where: str) -> str:
    return urlsafe_b64encode(Signer(salt=where).sign(str(last)).encode()).decode().rstrip("=")


def _decode_cursor(cursor: str, where: str) -> str:
    try:
        text = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        return Signer(salt=where).unsign(text)
    except (BadSignature, ValueError):
        raise _cursor_problem() from None


def _cursor_problem() -> Problem:
    wrong = {"pointer": "/cursor", "detail": _("is not `next` of another page of this list")}
    return Problem("invalid", _("The cursor is not valid."), errors=[wrong])
