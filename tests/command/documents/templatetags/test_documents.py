"""A page of a process without documents says nothing of them."""

import pytest
from django.urls import reverse
from tests.command.documents.inspections_made import find, opened
from tests.command.people import World

from fanzha.command.web.roles import Role

pytestmark = pytest.mark.django_db


def test_a_process_without_documents_has_no_list(world: World) -> None:
    inspection = opened(world)
    address = reverse("process", args=[inspection.ref])
    client = world.client("administration", Role.INSPECTOR)
    assert 'id="documents"' not in client.get(address).content.decode()
    find(world, inspection)
    assert 'id="documents"' in client.get(address).content.decode()
