"""The OpenAPI file of the HTTP screens."""

import json

from fanzha.screen.http.openapi import build_description


def screen_openapi() -> str:
    """Return the description as JSON that can be read and compared."""
    return json.dumps(build_description(), ensure_ascii=False, indent=1) + "\n"
