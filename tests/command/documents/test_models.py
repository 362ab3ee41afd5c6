"""A document is read by whoever may read its process, and a PDF that was changed is not given out."""

import pytest
from tests.command.documents.inspections_made import documents, find, opened
from tests.command.people import World

from fanzha.command.documents.models import IssuedDocument
from fanzha.command.web.roles import Role

pytestmark = pytest.mark.django_db


def test_who_reads_a_document(world: World) -> None:
    find(world, opened(world))
    may_read = {"administration", "platform", "ministry", "centre"}
    for name in ("administration", "platform", "ministry", "carrier", "bank", "centre"):
        assert IssuedDocument.as_read_by(world.viewer(name, Role.ANALYST)).exists() is (name in may_read)


def test_a_changed_pdf_is_not_intact(world: World) -> None:
    inspection = opened(world)
    find(world, inspection)
    (document,) = documents(inspection)
    assert document.intact_pdf("zh") == bytes(document.pdf_zh) and document.intact_pdf("en") == bytes(document.pdf_en)
    document.pdf_zh = bytes(document.pdf_zh) + b"%"
    assert document.intact_pdf("zh") is None and document.intact_pdf("en") is not None
