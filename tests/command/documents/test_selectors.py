"""Documents are selected by process, without their content."""

import pytest
from tests.command.documents.inspections_made import find, opened
from tests.command.people import World

from fanzha.command.documents.selectors import find_documents
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to

pytestmark = pytest.mark.django_db


def test_documents_of_some_processes_or_of_all(world: World) -> None:
    first, second = opened(world), opened(world)
    find(world, first)
    find(world, second)
    with scoped_to(world.viewer("administration", Role.INSPECTOR)):
        assert find_documents().count() == 2
        (document,) = find_documents([first.ref])
        assert document.instance == first and "pdf_zh" in document.get_deferred_fields()
