"""The number of an online meeting, by which a fraudster gets a victim to share the screen."""

import re

from fanzha.base.errors import Malformed
from fanzha.base.words import Words
from fanzha.kinds import Kind


class MeetingNumber(Kind):
    """Nine or ten digits, written with or without spaces and hyphens."""

    name = "meeting_number"
    title = Words("会议号", "meeting number")
    stix = "x-meeting-number"
    misp = "text"

    def normalise(self, raw: str) -> str:
        """Return the digits alone."""
        digits = re.sub(r"[\s-]", "", raw)
        if not re.fullmatch(r"\d{9,10}", digits, re.ASCII):
            raise Malformed("not a meeting number of 9 or 10 digits")
        return digits

    def mask(self, value: str) -> str:
        """Hide all but the first three digits."""
        return value[:3] + "*" * (len(value) - 3)


KIND = MeetingNumber()
