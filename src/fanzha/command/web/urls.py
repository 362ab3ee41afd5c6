"""Addresses of the site; each app beside this one brings its own `urls.py`, found by folder."""

import importlib
from importlib.util import find_spec

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from fanzha.command.organizations.signed_tokens import provider_callback
from fanzha.command.web import health, views


def _of_desks() -> list[URLPattern | URLResolver]:
    """Return the addresses of all apps; the desks' home is among them."""
    names = [name for name in settings.INSTALLED_APPS if name.startswith("fanzha.command.")]
    found = [
        importlib.import_module(f"{name}.urls") for name in names if find_spec(f"{name}.urls") and name != __package__
    ]
    return [pattern for module in found for pattern in module.urlpatterns]


urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("accounts/oidc/<slug:provider_id>/login/callback/", provider_callback, name="provider_callback"),
    path("accounts/", include("allauth.urls")),
    path("choose/language/", views.choose_language, name="choose_language"),
    path("choose/theme/", views.choose_theme, name="choose_theme"),
    path("choose/organization/", views.choose_organization, name="choose_organization"),
    *_of_desks(),
]
