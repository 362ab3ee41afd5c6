"""Let a carrier find people who are being defrauded: `python -m tests.field.victims_reached BANK`; all made up.

BANK is the address of the system of a bank, to which its legs go. What the tests need to go on is printed as JSON.
"""

import json
import os
import sys
from datetime import timedelta
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fanzha.command.web.settings")

#: Numbers of an unassigned range.
VICTIMS = ("+8617000000903", "+8617000000904", "+8617000000905", "+8617000000906")


def find(bank_address: str) -> None:
    """Store a finding on each number, and the way to the bank."""
    from django.utils import timezone
    from tests.command.orders.given import THEIR_KEY
    from tests.command.subjects.factories import finding_row, subject

    from fanzha.command.orders.models import Endpoint
    from fanzha.command.organizations.models import Organization
    from fanzha.command.web.scoping import unscoped
    from fanzha.dispose import public_key

    now = timezone.now()
    with unscoped("a database for browsers to look at is filled"):
        carrier = Organization.objects.get(name_en="Example carrier")
        for minutes, number in enumerate(VICTIMS):
            found_at = now - timedelta(minutes=minutes)
            times: dict[str, Any] = {
                "found_at": found_at,
                "came_in_at": found_at,
                "valid_until": now + timedelta(days=1),
            }
            finding_row(carrier, subject(number), fraud_type="victim_at_risk", role="victim", **times)
        way = Endpoint.objects.create(
            owner=Organization.objects.get(name_en="Example bank"),
            channel="signed_webhook",
            address=bank_address,
            their_keys=public_key(THEIR_KEY),
            changed_at=now,
        )
    print(json.dumps({"way": way.ref}))


if __name__ == "__main__":
    django.setup()
    find(sys.argv[1])
