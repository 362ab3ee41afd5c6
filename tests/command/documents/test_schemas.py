"""The schema of a document names its number in both languages."""

import pytest
from tests.command.documents.inspections_made import documents, find, opened
from tests.command.people import World

from fanzha.command.documents.schemas import IssuedDocumentOut

pytestmark = pytest.mark.django_db


def test_a_document_is_described(world: World) -> None:
    inspection = opened(world)
    find(world, inspection)
    (document,) = documents(inspection)
    described = IssuedDocumentOut.of(document)
    assert described.number_en.startswith("EX No. 20") and described.number_zh.startswith("演检记字〔20")
    assert described.owner == world["administration"].ref and described.step == 2
