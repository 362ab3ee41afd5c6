"""Running processes as an app."""

from django.apps import AppConfig


class Flows(AppConfig):
    """Process instances, legs, steps, timers, outbox, notifications."""

    name = "fanzha.command.flows"
    label = "flows"
