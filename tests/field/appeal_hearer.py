"""Let a centre have a reviewer of another unit, who hears appeals: `python -m tests.field.appeal_hearer`; made up."""

import os

import django

HEARER = "appeals@centre.example"

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fanzha.command.web.settings")


def add() -> None:
    """Create the reviewer `appeals@centre.example`."""
    from tests.command.people import PASSWORD

    from fanzha.command.organizations.models import Membership, Organization, Person
    from fanzha.command.web.roles import Role
    from fanzha.command.web.scoping import unscoped

    with unscoped("a database for browsers to look at is filled"):
        person = Person.objects.create_user(HEARER, name="centre appeals")
        person.set_password(PASSWORD)
        person.save()
        centre = Organization.objects.get(name_en="Example centre")
        Membership.objects.create(person=person, organization=centre, role=Role.REVIEWER.value, unit="appeals")


if __name__ == "__main__":
    django.setup()
    add()
