"""A site that publishes its list of links: `python -m tests.field.listed_world [withdraw HOST]`; all made up."""

import os
import sys
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fanzha.command.web.settings")

#: What the site decided: hosts to block, and to warn of.
BLOCKED = ("block.example", "later.example", "unasked.example", "gone.example")
WARNED = ("warn.example",)
_APPEALS = '[appeals]\naddress = "https://appeals.example/appeal/"\nhotline = "+861010000"\n'


def make() -> None:
    """Make the organisations and their decisions, and list them."""
    from tests.command.link_list.listed_sites import decide, publish, refresh
    from tests.command.people import make_world

    from fanzha.claims.treatment import Treatment

    world = make_world()
    publish(Path(os.environ["FANZHA_HOME"]), world, f"update_seconds = 1\n{_APPEALS}")
    for host in BLOCKED:
        decide(world, host)
    for host in WARNED:
        decide(world, host, Treatment.LABEL)
    refresh()


def withdraw(host: str) -> None:
    """Withdraw the decision on a host, and bring the list up to date."""
    from django.utils import timezone
    from tests.command.link_list.listed_sites import refresh

    from fanzha.command.processes.models import ProcessInstance
    from fanzha.command.subjects.models import OpinionRow
    from fanzha.command.subjects.services import withdraw_decision
    from fanzha.command.web.scoping import unscoped

    with unscoped("test"):
        decision = OpinionRow.objects.get(subject__value=host)
        order = ProcessInstance.objects.get(ref=decision.process)
        withdraw_decision(order, "roll_back", timezone.now())
    refresh()


if __name__ == "__main__":
    django.setup()
    if sys.argv[1:2] == ["withdraw"]:
        withdraw(sys.argv[2])
    else:
        make()
