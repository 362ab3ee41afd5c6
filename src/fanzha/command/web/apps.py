"""The frame of the site as an app, so that its templates, static files and commands are found."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Frame, language and pages that belong to no desk."""

    name = "fanzha.command.web"
    label = "site"
