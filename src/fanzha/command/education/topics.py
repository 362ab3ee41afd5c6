"""Kinds of items, the situations by which people find them, and audiences with the reading level that suits them."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class ItemKind(models.TextChoices):
    """What an item is."""

    COLUMN = "column", _("Advice column")
    CASE = "case", _("Case story")
    QUIZ = "quiz", _("Quiz")
    SHEET = "sheet", _("Family sheet")
    POSTER = "poster", _("Poster")
    PAPER = "paper", _("White paper")


#: Kinds that are made to be printed on one page.
PRINTED = (ItemKind.SHEET, ItemKind.POSTER)
#: What people say has happened to them, in the order of the front page. A situation is an address: keep the keys.
SITUATIONS: dict[str, str | Promise] = {
    "police_call": _("The police or a court called me"),
    "refund": _("Somebody wants to refund or compensate me"),
    "commission": _("They promise a commission for small tasks"),
    "investment": _("Somebody teaches me how to invest"),
    "loan": _("I need a loan and am asked to pay first"),
    "credit": _("They say my credit record or a service must be fixed"),
    "boss": _("My boss, a friend or my child needs money at once"),
    "romance": _("I met somebody online and they talk about money"),
    "game": _("I buy or sell game accounts or items"),
    "shopping": _("A cheap offer outside the shop"),
    "link": _("A text message with a link"),
    "lend_account": _("Somebody wants to use my card or account"),
    "": _("For everybody"),
}


class Audience(NamedTuple):
    """The readers of a text, and the reading level that suits them.

    `sentence` is the average length of a Chinese sentence in characters, `rare` the share of Chinese words beyond the
    common ones in percent, `grade` the Flesch-Kincaid grade of the English text; each is the highest that suits.
    """

    title: Promise
    sentence: float
    rare: float
    grade: float


AUDIENCES: dict[str, Audience] = {
    "everybody": Audience(_("Everybody"), 25, 12, 8),
    "old": Audience(_("Older people"), 20, 10, 7),
    "pupils": Audience(_("Pupils"), 20, 10, 6),
    "students": Audience(_("Students"), 30, 15, 10),
    "shop_staff": Audience(_("Shop staff"), 25, 15, 9),
    "overseas": Audience(_("Students abroad"), 30, 15, 10),
}
#: The longest period of a white paper in days, and the years that it may be of.
LONGEST_PERIOD_DAYS, FIRST_YEAR, LAST_YEAR = 731, 2000, 2100
URGENCIES = {"usual": _("Usual: checked within two days"), "urgent": _("New trick: checked within four hours")}
#: How an item reaches people.
CHANNELS = {"page": _("Web page"), "print": _("Web page and print")}


def is_period(begins: date, ends: date) -> bool:
    """Return whether a white paper may be of a period, both days included."""
    has_length = 0 <= (ends - begins).days <= LONGEST_PERIOD_DAYS
    return has_length and begins.year >= FIRST_YEAR and ends.year <= LAST_YEAR
