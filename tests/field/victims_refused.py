"""Let a centre find victims, and victims who are suspects too: `python -m tests.field.victims_refused`; all made up.

A key with which a system of the centre drafts orders, and the carrier that would receive them, are printed as JSON.
"""

import json
import os
from datetime import timedelta
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fanzha.command.web.settings")

#: Numbers of an unassigned range: victims and nothing else, and victims who are suspects as well.
VICTIMS = ("+8617000000911", "+8617000000912")
BOTH = ("+8617000000918", "+8617000000919")


def find() -> None:
    """Store findings on each number, and a key of the centre."""
    from django.utils import timezone
    from tests.command.subjects.factories import finding_row, subject

    from fanzha.command.organizations.models import ApiKey, Organization
    from fanzha.command.web.scoping import unscoped

    now = timezone.now()
    with unscoped("a database for browsers to look at is filled"):
        centre = Organization.objects.get(name_en="Example centre")
        times: dict[str, Any] = {"found_at": now, "came_in_at": now, "valid_until": now + timedelta(days=1)}
        for number in (*VICTIMS, *BOTH):
            about = subject(number)
            finding_row(centre, about, fraud_type="victim_at_risk", role="victim", **times)
            if number in BOTH:
                finding_row(centre, about, detector="another", **times)
        _key, secret = ApiKey.make(centre, "system", scopes=["orders:read", "orders:write"], roles=["analyst"])
        carrier = Organization.objects.get(name_en="Example carrier")
    print(json.dumps({"secret": secret, "carrier": carrier.ref}))


if __name__ == "__main__":
    django.setup()
    find()
