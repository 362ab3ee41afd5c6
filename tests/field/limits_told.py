"""Fill a site with three limited numbers whose notices wait: `python -m tests.field.limits_told`; all made up.

A clerk of the carrier can sign in; the numbers end in 4101, 4102 and 4103.
"""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fanzha.command.web.settings")
NUMBERS = ("+8617000004101", "+8617000004102", "+8617000004103")


def fill() -> None:
    """Order on each number, approve the orders, and write the notices."""
    from django.utils import timezone
    from tests.command.notices.limits_made import settle
    from tests.command.people import PASSWORD, make_world
    from tests.command.processes.orders_made import actor, draft_evidence

    from fanzha.command.processes.services import About, fire, open_process
    from fanzha.command.web.roles import Role

    world = make_world()
    clerk = world.person("carrier", Role.CLERK)
    clerk.set_password(PASSWORD)
    clerk.save()
    for number in NUMBERS:
        evidence = draft_evidence(world, timezone.now(), ("carrier",)) | {"subjects": (number,)}
        analyst = actor(world, "centre", Role.ANALYST)
        order = open_process("order", "draft", world["centre"], analyst, evidence, about=About(simulated=True))
        fire(order.ref, "approve", actor(world, "centre", Role.REVIEWER), {"opinion": "as the evidence says"})
    settle()


if __name__ == "__main__":
    django.setup()
    fill()
