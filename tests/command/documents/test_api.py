"""Programs list documents and download them as people do."""

import pytest
from tests.command.documents.inspections_made import documents, find, opened
from tests.command.people import World

from fanzha.command.web.roles import Role

pytestmark = pytest.mark.django_db
API = "/api/v1/documents"


def test_documents_are_listed_and_downloaded(world: World) -> None:
    inspection = opened(world)
    find(world, inspection)
    (document,) = documents(inspection)
    client = world.client("platform", Role.CLERK)
    (row,) = client.get(API).json()["items"]
    assert (row["type"], row["process"]) == ("inspection_record", inspection.ref)
    assert row["number_zh"] == document.citation.zh and row["sha256_en"] == document.sha256_en
    assert client.get(f"{API}/{document.ref}/en.pdf")["Content-Type"] == "application/pdf"
    assert world.client("bank", Role.CLERK).get(f"{API}/{document.ref}/en.pdf").status_code == 404
