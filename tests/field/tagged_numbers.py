"""A site on which two numbers were reported, checked by their operator and tagged; all made up."""

import os
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from tests.command.people import World

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fanzha.command.web.settings")
#: The number that is looked up and disputed in each language.
NUMBERS = {"zh-hans": "+8617000000001", "en": "+8617000000002"}
REPORTERS = 20


def make_tags() -> "World":
    """Make the organisations, and the tags that the centre took in from twenty people each."""
    from datetime import timedelta

    from django.utils import timezone
    from tests.command.number_tags.own_numbers import own
    from tests.command.people import PASSWORD, make_world

    from fanzha.command.number_tags.services import ProofMethod, Tagging, add_tags, prove_number
    from fanzha.command.web.roles import Role

    world, now = make_world(), timezone.now()
    for name, role in (("carrier", Role.CLERK), ("carrier", Role.REVIEWER), ("administration", Role.REVIEWER)):
        person = world.person(name, role)
        person.set_password(PASSWORD)
        person.save()
    own(world, *NUMBERS.values())
    for value in NUMBERS.values():
        add_tags(
            (
                world["centre"],
                Tagging("phone_number", value, "fraud", f"{value} {n}", f"block {n}", f"They asked for {chr(97 + n)}"),
                now - timedelta(hours=5 * n),
            )
            for n in range(REPORTERS)
        )
        prove_number(world["carrier"], value, ProofMethod.RECORDS, now)
    return world


if __name__ == "__main__":
    django.setup()
    make_tags()
