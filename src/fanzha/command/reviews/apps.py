"""The Django app of reviews."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReviewsConfig(AppConfig):
    """App config of reviews."""

    name = "fanzha.command.reviews"
    label = "reviews"
    verbose_name = _("sample reviews")
