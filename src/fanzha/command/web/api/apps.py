"""The API as an app."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Routes for programs, and the answers that are kept for repeats."""

    name = "fanzha.command.web.api"
    label = "api"
