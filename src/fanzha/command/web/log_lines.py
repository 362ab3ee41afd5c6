"""Structured log lines: one JSON object per line, in UTC, with request, person and client address."""

import json
import logging
from typing import Any

from fanzha.base.clock import iso


class JsonFormatter(logging.Formatter):
    """Format records as JSON. Input of clients is escaped, so that it cannot start a new line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line, without query and body of the request, because they may contain personal data."""
        told: dict[str, Any] = {
            "at": iso(int(record.created * 1000)),
            "level": record.levelname.lower(),
            "from": record.name,
            "message": record.getMessage(),
        }
        if status := getattr(record, "status_code", None):
            told["status"] = status
        told |= {name: value for name in ("of", "with_what") if (value := getattr(record, name, ""))}
        told |= _request_fields(getattr(record, "request", None))
        if record.exc_info:
            told["traceback"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False, default=str)


def _request_fields(request: Any) -> dict[str, Any]:
    if getattr(request, "META", None) is None:
        return {}
    from fanzha.command.web.client_address import client_address

    viewer = getattr(request, "viewer", None)
    organization = getattr(request, "organization", None)
    user = getattr(request, "user", None)
    return {
        "method": request.method,
        "path": request.path,
        "address": client_address(request),
        "organization": getattr(organization, "ref", ""),
        "person": getattr(user, "ref", "") if viewer is None or viewer.person else "",
        "key": getattr(request, "caller", "") if viewer is not None and viewer.person is None else "",
    }
