"""Refuse easy pass phrases: common passwords, combinations of them, and names of this site.

Character classes and periodic changes are not required (NIST SP 800-63B §3.1.1, OWASP ASVS 5.0 §6.2).
"""

import re
from functools import cache
from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MAX_LENGTH = 1_000  # longer phrases would only cost hashing time
_PIECES = 2
_REST = 3
_SHORTEST_PIECE = 4
_OF_THIS_SITE = ("fanzha", "fanzhapassword", "antifraud", "fanzha96110")


class CommonPiecesValidator:
    """Password validator that refuses common passwords, two of them in a row, repetitions, and a few added digits."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError if the phrase is too easy or too long."""
        if len(password) > MAX_LENGTH:
            raise ValidationError(_("Enter 1,000 characters or fewer."), code="password_too_long")
        if is_easy(password):
            raise ValidationError(
                _("This password is easy to guess because it is made of common ones. Use four unrelated words."),
                code="password_too_easy",
            )

    def get_help_text(self) -> str:
        """Return the help text of the form field."""
        return _("Four or more unrelated words are easy to remember and hard to guess.")


def is_easy(phrase: str) -> bool:
    """Return whether a phrase consists of at most two common passwords, repeated or not, and three more characters."""
    letters = re.sub(r"[\W_]+", "", phrase.casefold())
    return len(set(letters)) < 5 or _is_made_of(letters, frozenset())


def _is_made_of(remaining: str, pieces: frozenset[str]) -> bool:
    if len(remaining) <= _REST:
        return True
    common = _common()
    for size in range(min(len(remaining), 24), _SHORTEST_PIECE - 1, -1):
        piece = remaining[:size]
        if piece in common and len(pieces | {piece}) <= _PIECES and _is_made_of(remaining[size:], pieces | {piece}):
            return True
    return False


@cache
def _common() -> frozenset[str]:
    listed = CommonPasswordValidator().passwords
    return frozenset(re.sub(r"[\W_]+", "", password) for password in listed) | frozenset(_OF_THIS_SITE)
