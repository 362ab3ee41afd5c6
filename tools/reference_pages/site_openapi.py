"""The OpenAPI file of the site."""

import inspect
import json
import os
from typing import Any

from fanzha.run.component import SETTINGS


def site_openapi() -> str:
    """Return the description as JSON that can be read and compared, the same on every Python."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    import django

    django.setup()
    from django.utils import translation

    from fanzha.command.web.api.routers import site_api

    with translation.override("en"):
        told = json.loads(json.dumps(site_api().get_openapi_schema()))
    return json.dumps(_plain(told), ensure_ascii=False, indent=1) + "\n"


def _plain(told: Any) -> Any:
    """Return a value with docstrings as they are written: some Pythons keep their indentation, some do not."""
    if isinstance(told, dict):
        return {name: _plain(value) for name, value in told.items()}
    if isinstance(told, list):
        return [_plain(one) for one in told]
    return inspect.cleandoc(told) if isinstance(told, str) and "\n" in told else told
