"""The API: every app that has an `api.py` with `ROUTER` is mounted below its label."""

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

#: Its `api` package is the framework of the routes and holds none itself.
WEB = "fanzha.command.web"


class ObjectParser(Parser):
    """Reads bodies of JSON objects; ninja would take any other value for an object that says nothing."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """Return the object; raises ValueError, which ninja answers with 400."""
        told: object = super().parse_body(request)
        if not isinstance(told, dict):
            raise ValueError("no JSON object")
        return told


class SiteApi(NinjaAPI):
    """Ninja's API; the OpenAPI file also tells what all routes have in common."""

    def get_openapi_schema(self, **told: Any) -> Any:
        """Return the OpenAPI document."""
        return described(super().get_openapi_schema(**told))


def api_path(config: AppConfig) -> str:
    """Return the first part of an app's API paths: `api_path` of its config, else its label."""
    return str(getattr(config, "api_path", config.label))


def routers() -> dict[str, Router]:
    """Return the routers by label of their app; labels are part of the paths and stay when a package is renamed."""
    configs = [config for config in apps.get_app_configs() if config.name.startswith("fanzha.command.")]
    modules = {api_path(config): f"{config.name}.api" for config in configs if config.name != WEB}
    found = {label: module for label, module in sorted(modules.items()) if find_spec(module)}
    return {label: importlib.import_module(module).ROUTER for label, module in found.items()}


def build_api(routers: Mapping[str, Router]) -> SiteApi:
    """Return an API whose routes stand below the names of their apps, each behind the door."""
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
    """Return the API of the site, made once."""
    return build_api(routers())
