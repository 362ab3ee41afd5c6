"""Addresses of health."""

from django.urls import path

from fanzha.command.health import views

urlpatterns = [
    path("health/", views.health, name="component_health"),
    path("health/jobs/<uuid:ident>/retry/", views.retry, name="health_retry"),
]
