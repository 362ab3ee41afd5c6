"""URL patterns of the site: health checks, allauth, and the `urls.py` of every app."""

from django.urls import URLPattern, URLResolver, include, path

from fanzha.command.web import health, metrics
from fanzha.command.web.discovery import app_modules
from fanzha.command.web.palette.views import palette


def _app_urls() -> list[URLPattern | URLResolver]:
    """Return the URL patterns of all apps but this one."""
    return [pattern for module in app_modules("urls") if module.__name__ != __name__ for pattern in module.urlpatterns]


handler500 = "fanzha.command.web.unavailable.server_error"
urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("palette/", palette, name="palette"),
    *_app_urls(),  # before allauth, to replace its OpenID Connect callback
    path("accounts/", include("allauth.urls")),
]
