"""Pass phrases that were in a breach, where the operator has laid down a list of them: nothing is asked outside.

The list is that of Have I Been Pwned, ordered by hash, as its own downloader writes it: `SHA-1:COUNT` a line, hex
digits in capitals. It has some 40 GB and is never read whole: a phrase is found in some 35 steps.
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
    """Refuses what stands on the list."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError for a phrase that was in a breach."""
        path: str = settings.BREACHED_PASSWORDS
        if path and is_listed(password, Path(path)):
            raise ValidationError(_("This was in a breach and is tried by attackers."), code="password_breached")

    def get_help_text(self) -> str:
        """Say what is wanted."""
        return _("It must not stand on the list of breached pass phrases.")


def is_listed(phrase: str, path: Path) -> bool:
    """Return whether a list names a phrase. Raises OSError for one that cannot be read."""
    wanted = sha1(phrase.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with path.open("rb") as file:
        low, high = 0, os.fstat(file.fileno()).st_size
        while low < high:
            middle = (low + high) // 2
            here, found = _line_at(file, middle)
            if found == wanted:
                return True
            if found > wanted or not found:
                high = middle
            else:
                low = max(here, middle + 1)
    return False


def _line_at(file: BinaryIO, at: int) -> tuple[int, bytes]:
    """Return the hash of the line that a byte belongs to, in capitals, and where the next line begins."""
    begins = max(0, at - 2 * _DIGITS)
    file.seek(begins)
    before = file.read(at - begins)
    file.seek(begins + before.rfind(b"\n") + 1 if b"\n" in before or not begins else at)
    line = file.readline()
    return file.tell(), line[:_DIGITS].upper()
