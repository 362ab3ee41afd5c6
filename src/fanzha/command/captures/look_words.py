"""Say in words what a look found, also on pages of other apps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from fanzha.command.captures.models import Capture


def asks_title(name: str) -> str:
    """Return in words what a form asks for."""
    titles = {
        "password": _("password"),
        "card": _("card data"),
        "id_number": _("identity number"),
        "sms_code": _("code of a text message"),
        "pin": _("PIN"),
        "wallet": _("words of a wallet"),
        "phone": _("telephone number"),
        "name": _("name"),
    }
    return titles.get(name, name)


def describe_look(capture: Capture) -> str:
    """Return what a look found in one line."""
    if capture.state == "waiting":
        return _("The page is being looked at.")
    at = date_format(localtime(capture.looked_at or capture.asked_at), "Y-m-d H:i")
    if capture.state == "failed":
        return _("%(at)s: nothing was seen (%(why)s)") % {"at": at, "why": capture.problem}
    signs = [
        _("asks for %(what)s") % {"what": _(", ").join(map(asks_title, capture.asks))} if capture.asks else "",
        _("hides from some visitors") if capture.is_cloaked else "",
        _("looks like %(brand)s") % {"brand": capture.brand} if capture.brand else "",
        _("likeness to phishing pages %(score).2f") % {"score": capture.score} if capture.score is not None else "",
    ]
    found = _("; ").join(sign for sign in signs if sign) or _("no sign of fraud")
    return _("%(at)s: %(found)s") % {"at": at, "found": found}
