"""Subjects as an app."""

from django.apps import AppConfig


class Subjects(AppConfig):
    """Subjects, findings, opinions, verdicts, police cases, shares, deliveries."""

    name = "fanzha.command.subjects"
    label = "subjects"
