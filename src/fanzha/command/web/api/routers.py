"""Build the API: every app with `ROUTER` in its `api.py` is mounted below its label.

Routes state their `operation_id`, because generated clients name their functions after it. An id therefore keeps the
name that its app and function had when the route was published, such as `flows` for the app `processes`.
"""

import importlib
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from typing import Any

from django.apps import AppConfig, apps
from django.http import HttpRequest
from ninja import NinjaAPI, Router
from ninja.parser import Parser

from fanzha import __version__
from fanzha.command.web.api.callers import ByKey, BySession
from fanzha.command.web.api.decorators import guard_route
from fanzha.command.web.api.description import described
from fanzha.command.web.api.problem_handlers import handle_exceptions

#: Its `api` package is the framework and has no routes itself.
WEB = "fanzha.command.web"


class ObjectParser(Parser):
    """Parser that accepts only JSON objects. ninja would treat other values as an empty object."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """Return the object. Raise ValueError, which ninja answers with 400."""
        told: object = super().parse_body(request)
        if not isinstance(told, dict):
            raise ValueError("no JSON object")
        return told


class SiteApi(NinjaAPI):
    """Ninja API whose OpenAPI file includes what all routes share."""

    def get_openapi_schema(self, **told: Any) -> Any:
        """Return the OpenAPI document."""
        return described(super().get_openapi_schema(**told))


def api_path(config: AppConfig) -> str:
    """Return the first part of an app's API paths: `api_path` of its config, else its label."""
    return str(getattr(config, "api_path", config.label))


def routers() -> dict[str, Router]:
    """Return the routers by API path of their app. The path stays the same when a package is renamed."""
    configs = [config for config in apps.get_app_configs() if config.name.startswith("fanzha.command.")]
    modules = {api_path(config): f"{config.name}.api" for config in configs if config.name != WEB}
    found = {label: module for label, module in sorted(modules.items()) if find_spec(module)}
    return {label: importlib.import_module(module).ROUTER for label, module in found.items()}


def build_api(routers: Mapping[str, Router]) -> SiteApi:
    """Return an API with the routers mounted below their names and every route guarded."""
    api = SiteApi(
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
        router.add_decorator(guard_route(app), mode="view")
        api.add_router(f"/{app}", router)
    return api


@cache
def site_api() -> SiteApi:
    """Return the cached API of the site."""
    return build_api(routers())
