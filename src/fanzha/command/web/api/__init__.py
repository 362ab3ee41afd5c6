"""The API at /api/v1: who asks, what for, how often, what went wrong; each app beside this one brings its routes.

What an app's `api.py` needs is named here (docs/reference/api.md): `ROUTER = ninja.Router(tags=["orders"])` is all
that makes its routes appear below `/api/v1/<app>/`.
"""

from fanzha.command.web.api.bulk import BulkAnswer, LineResult, bulk_answer, ndjson_of, read_lines
from fanzha.command.web.api.moments import Moment
from fanzha.command.web.api.not_repeatable import not_repeatable
from fanzha.command.web.api.paging import Page, Paging, paginate
from fanzha.command.web.api.problems import Problem
from fanzha.command.web.api.revisions import check_revision, set_revision
from fanzha.command.web.api.roles import for_roles
from fanzha.command.web.api.scopes import require_scope

__all__ = [
    "BulkAnswer",
    "LineResult",
    "Moment",
    "Page",
    "Paging",
    "Problem",
    "bulk_answer",
    "check_revision",
    "for_roles",
    "ndjson_of",
    "not_repeatable",
    "paginate",
    "read_lines",
    "require_scope",
    "set_revision",
]
