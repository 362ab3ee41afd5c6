"""Let a carrier find two people who are being defrauded: `python -m tests.field.victims_found`; all made up."""

import os
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fanzha.command.web.settings")


def find() -> None:
    """Store one finding on each of two numbers of an unassigned range."""
    from django.utils import timezone
    from tests.command.subjects.factories import finding_row, subject

    from fanzha.command.organizations.models import Organization
    from fanzha.command.web.scoping import unscoped

    now = timezone.now()
    with unscoped("a database for browsers to look at is filled"):
        carrier = Organization.objects.get(name_en="Example carrier")
        for minutes, number in enumerate(("+8617000000903", "+8617000000904")):
            found_at = now - timedelta(minutes=minutes)
            until = now + timedelta(days=1)
            about = subject(number)
            finding_row(
                carrier, about, fraud_type="victim_at_risk", role="victim", found_at=found_at, valid_until=until
            )


if __name__ == "__main__":
    django.setup()
    find()
