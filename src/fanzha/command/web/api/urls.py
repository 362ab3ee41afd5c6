"""URL patterns of the API."""

from django.urls import path, re_path

from fanzha.command.web.api import views
from fanzha.command.web.api.routers import site_api

urlpatterns = [
    path("api/v1/openapi.json", views.openapi, name="openapi"),
    path("api/v1/reference", views.reference, name="api_reference"),
    path("api/v1/", site_api().urls),
    re_path(r"^api/(?P<rest>.*)$", views.nowhere, name="api_nowhere"),
]
