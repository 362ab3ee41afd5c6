"""The API itself: each app beside this one that has an `api.py` with `ROUTER` is mounted below its own name."""

import importlib
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja import NinjaAPI, Router
from ninja.parser import Parser

from fanzha import __version__
from fanzha.command.api.callers import ByKey, BySession
from fanzha.command.api.description import described
from fanzha.command.api.door import door
from fanzha.command.api.problem_handlers import handle_exceptions


class ObjectParser(Parser):
    """Reads bodies of JSON objects; ninja would take any other value for an object that says nothing."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """Return the object; raises ValueError, which ninja answers with 400."""
        told: object = super().parse_body(request)
        if not isinstance(told, dict):
            raise ValueError("no JSON object")
        return told


class Api(NinjaAPI):
    """Ninja's API; the OpenAPI file also tells what all routes have in common."""

    def get_openapi_schema(self, **told: Any) -> Any:
        """Return the OpenAPI document."""
        return described(super().get_openapi_schema(**told))


def routers() -> dict[str, Router]:
    """Return the routers by name of their app."""
    names = [name for name in settings.INSTALLED_APPS if name.startswith("fanzha.command.")]
    found = {name.rpartition(".")[2]: f"{name}.api" for name in names if find_spec(f"{name}.api")}
    return {app: importlib.import_module(module).ROUTER for app, module in sorted(found.items())}


def api_of(routers: Mapping[str, Router]) -> Api:
    """Return an API whose routes stand below the names of their apps, each behind the door."""
    api = Api(
        title="Fanzha 反诈",
        version=__version__,
        urls_namespace="api",
        docs_url=None,
        openapi_url=None,
        auth=[ByKey(), BySession()],
        parser=ObjectParser(),
    )
    handle_exceptions(api)
    for app, router in routers.items():
        router.add_decorator(door(app), mode="view")
        api.add_router(f"/{app}", router)
    return api


@cache
def mounted() -> Api:
    """Return the API of the site, made once."""
    return api_of(routers())
