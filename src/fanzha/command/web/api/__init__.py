"""Framework of the API at /api/v1: authentication, scopes, rate limits and problems. Apps provide the routes.

An `api.py` with `ROUTER = ninja.Router(tags=["orders"])` in an app publishes routes below `/api/v1/<app>/`
(docs/reference/api.md).
"""

from fanzha.command.web.api.bulk import BulkAnswer, LineResult, bulk_answer, ndjson_of, read_lines
from fanzha.command.web.api.moments import Moment
from fanzha.command.web.api.not_repeatable import not_repeatable
from fanzha.command.web.api.paging import Page, Paging, paginate, read_page
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
    "read_page",
    "require_scope",
    "set_revision",
]
