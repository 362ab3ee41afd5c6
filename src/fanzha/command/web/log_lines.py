"""Lines of the log that a program reads: one JSON object each, in UTC, with who asked for what from where."""

import json
import logging
from typing import Any

from fanzha.base.clock import iso


class JsonFormatter(logging.Formatter):
    """Writes a record; what a client sent stands within a JSON string, so that it cannot begin a line of its own."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line; a request's query and body are left out, they may hold what is personal."""
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
