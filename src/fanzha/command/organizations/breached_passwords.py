"""Refuse pass phrases from known breaches, using a local list. No outside service is queried.

The list is the file of the Have I Been Pwned downloader, ordered by hash: `SHA-1:COUNT` per line, in upper-case hex.
It has about 40 GB; a binary search finds a phrase in about 35 reads.
"""

import os
from hashlib import sha1
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_DIGITS = 40


class BreachedPasswordValidator:
    """Password validator that refuses phrases on the list."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError if the phrase is on the list."""
        path: str = settings.BREACHED_PASSWORDS
        if path and is_listed(password, Path(path)):
            raise ValidationError(
                _("This password has been leaked and attackers try it first. Choose another one."),
                code="password_breached",
            )

    def get_help_text(self) -> str:
        """Return the help text of the form field."""
        return _("It must not be on the list of leaked passwords.")


def is_listed(phrase: str, path: Path) -> bool:
    """Return whether the list contains a phrase. Raise OSError if the list is unreadable."""
    digest = sha1(phrase.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with path.open("rb") as file:
        low, high = 0, os.fstat(file.fileno()).st_size
        while low < high:
            middle = (low + high) // 2
            next_offset, listed_digest = _line_at(file, middle)
            if listed_digest == digest:
                return True
            if listed_digest > digest or not listed_digest:
                high = middle
            else:
                low = max(next_offset, middle + 1)
    return False


def _line_at(file: BinaryIO, offset: int) -> tuple[int, bytes]:
    """Return the offset of the next line, and the upper-case hash of the line that contains the byte at `offset`."""
    start = max(0, offset - 2 * _DIGITS)
    file.seek(start)
    preceding = file.read(offset - start)
    file.seek(start + preceding.rfind(b"\n") + 1 if b"\n" in preceding or not start else offset)
    line = file.readline()
    return file.tell(), line[:_DIGITS].upper()
