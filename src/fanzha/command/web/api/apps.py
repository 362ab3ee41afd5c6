"""The Django app of the API."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """App config of the API framework."""

    name = "fanzha.command.web.api"
    label = "api"
