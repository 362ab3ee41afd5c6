"""The Django app of dashboards."""

from django.apps import AppConfig


class DashboardsConfig(AppConfig):
    """Home pages by role."""

    name = "fanzha.command.dashboards"
    label = "desks"
