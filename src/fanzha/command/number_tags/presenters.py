"""Prepare look-up results and disputes for the pages: facts, next steps, the deciding organisation and the deadline."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from fanzha.base.words import Words
from fanzha.command.number_tags.models import TagCategory, TagDispute
from fanzha.command.number_tags.services import DISPUTE_DAYS, KINDS, PHONE, ShownView
from fanzha.command.web.i18n import localize


class DisputeState(NamedTuple):
    """How far a dispute is, for the owner: what happens now, and who decides until when."""

    title: str
    text: str
    decider: str
    due_at: datetime | None = None
    is_decided: bool = False


def present_answer(found: ShownView) -> dict[str, Any]:
    """Return what the page shows of an answer: its fields, the category in words, and what to do next."""
    words = _("reported as fraud") if found.category == TagCategory.FRAUD else ""
    title = words or (TagCategory(found.category).label if found.category else "")
    return found._asdict() | {"title": title, "steps": next_steps(found.kind, found.category)}


def all_answers() -> list[dict[str, Any]]:
    """Return every answer that the page's script may show: what it asked, the site does not know."""
    views = [ShownView(kind, "", "", 0, False, None, ()) for kind in KINDS]
    for category in TagCategory.values:
        for kind in KINDS:
            proven = (True, False) if kind == PHONE else (True,)  # what is reported of a link is about the link
            views += [ShownView(kind, "", category, 0, is_proven, None, ()) for is_proven in proven]
    return [present_answer(view) for view in views]


def next_steps(kind: str, category: str) -> list[str]:
    """Return what somebody does next who was called, or sent a link, an app or an account."""
    if category and category != TagCategory.FRAUD:
        return [_nuisance(kind)]
    if not category:
        return [*_in_doubt(kind), _money_advice()]
    return [*_on_fraud(kind), _paid(), _("Then report it: each report is checked, and helps others.")]


def _in_doubt(kind: str) -> list[str]:
    if kind == PHONE:
        return [_("Not sure who called? Hang up, look up the number of the bank or office yourself, and call it.")]
    if kind == "website":
        return [_("Open no link from a message. Type the address of the bank or shop yourself.")]
    if kind == "app":
        return [_("Install apps from the store of your phone alone, never from a link or a code that somebody sends.")]
    return [_("A friend or a boss writes and asks for money? Call the person first, by a number that you know.")]


def _on_fraud(kind: str) -> list[str]:
    if kind == PHONE:
        return [_("Hang up, and do not call back. Give no code and no password, and pay nothing.")]
    if kind == "website":
        return [
            _("Close the page and enter nothing."),
            _("Entered a password or a card? Change the password, and call your bank by the number on your card."),
        ]
    if kind == "app":
        return [
            _("Do not install it. Installed already? Cut the network (flight mode), then remove it."),
            _("Change your passwords from another phone, and call your bank by the number on your card."),
        ]
    return [_("Answer no more and pay nothing, even if money came back before. Leave the group, keep the messages.")]


def _paid() -> str:
    return _("Paid, or gave a code? Call 110 or 96110 at once, and your bank by the number on your card.")


def _money_advice() -> str:
    return _(
        "Asked for money, a code or a shared screen by somebody you cannot check? Stop, whatever stands here, and call "
        "96110."
    )


def _nuisance(kind: str) -> str:
    if kind == PHONE:
        return _("Do not call back. Block the number on your phone, and report it if it goes on.")
    return _("Do not answer. Block it, and report it if it goes on.")


def present_dispute(row: TagDispute) -> DisputeState:
    """Return how far a dispute is, for the owner of the number."""
    decider = row.decider or row.owner
    name = localize(Words(decider.name_zh, decider.name_en or decider.name_zh))
    if row.upheld:
        return DisputeState(_("You were right"), _("The tags of this number were removed."), name, is_decided=True)
    if row.upheld is False:
        text = _(
            "The tags are shown again. Do you disagree? A shop gives you another code. If there is another anti-fraud "
            "centre or regulator, that one decides."
        )
        return DisputeState(_("The tags stay"), text, name, is_decided=True)
    if row.lapsed_at:
        text = _("Nobody decided in time, so the tags are shown again until somebody does. You need not do anything.")
        return DisputeState(_("Not decided yet"), text, name)
    text = _(
        "Until somebody decides, but for %(days)s days at most, no tag of this number is shown. If you are right, its "
        "tags are removed."
    ) % {"days": DISPUTE_DAYS.days}
    due_at = row.disputed_at + DISPUTE_DAYS if row.disputed_at else None
    return DisputeState(_("Your objection was received"), text, name, due_at)
