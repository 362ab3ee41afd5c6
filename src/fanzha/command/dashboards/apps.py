"""The desks as an app, so that their pages are found."""

from django.apps import AppConfig


class DashboardsConfig(AppConfig):
    """First pages of the desks."""

    name = "fanzha.command.dashboards"
    label = "desks"
