"""The filter of the list of processes: by definition and by state; what it does not know is ignored."""

import pytest
from django.http import QueryDict
from tests.command.people import World
from tests.command.processes.orders_made import drafted, issued

from fanzha.command.processes.list_filter import ProcessFilterForm
from fanzha.command.processes.models import ProcessInstance
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to

pytestmark = pytest.mark.django_db


def listed(world: World, query: str) -> set[str]:
    with scoped_to(world.viewer("centre", Role.ANALYST)):
        return set(
            ProcessFilterForm(QueryDict(query)).filter(ProcessInstance.objects.all()).values_list("ref", flat=True)
        )


def test_the_filter_selects_by_definition_and_state(world: World) -> None:
    refs = {drafted(world).ref, issued(world).ref}
    assert listed(world, "") == listed(world, "process=order&show=all") == listed(world, "show=nonsense") == refs
    assert listed(world, "process=patrol") == listed(world, "show=ended") == listed(world, "show=late") == set()
