"""The Django app of the site frame, with templates, static files and commands."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """App config of the frame and of pages without an app of their own."""

    name = "fanzha.command.web"
    label = "site"
