"""Documents are listed and downloaded in both languages by those who may."""

import pytest
from django.urls import reverse
from tests.command.documents.inspections_made import documents, find, opened
from tests.command.people import World

from fanzha.command.documents.models import IssuedDocument
from fanzha.command.processes.models import OutboxItem
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("language", "words"), [("en", "Inspection record"), ("zh-hans", "检查记录")])
def test_the_register_and_the_page_of_the_process_name_the_document(world: World, language: str, words: str) -> None:
    inspection = opened(world)
    find(world, inspection)
    client = world.client("administration", Role.INSPECTOR, language=language)
    for address in (reverse("documents"), reverse("process", args=[inspection.ref])):
        assert words in client.get(address).content.decode()


def test_a_page_asks_for_a_document_until_it_is_issued(world: World) -> None:
    inspection = opened(world)
    find(world, inspection)
    client, address = world.client("administration", Role.INSPECTOR), reverse("process", args=[inspection.ref])
    asks = f'<div id="issued" hx-get="{address}" hx-trigger="every 3s"'
    assert asks not in client.get(address).content.decode()
    OutboxItem.objects.filter(instance=inspection, effect="issue_documents").update(state="waiting")
    content = client.get(address).content.decode()
    assert asks in content and "A document is being made" in content


def test_a_pdf_is_downloaded_by_those_who_may_and_only_intact(world: World, caplog: pytest.LogCaptureFixture) -> None:
    inspection = opened(world)
    find(world, inspection)
    (document,) = documents(inspection)
    address = reverse("document_file", args=[document.ref, "zh"])
    answer = world.client("platform", Role.CLERK).get(address)
    assert answer["Content-Type"] == "application/pdf" and b"".join(answer.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]
    assert world.client("carrier", Role.CLERK).get(address).status_code == 404
    assert world.client("platform", Role.CLERK).get(address.replace("zh", "fr")).status_code == 404
    with unscoped("test"):
        IssuedDocument.objects.update(pdf_zh=b"%PDF other")
    assert world.client("platform", Role.CLERK).get(address).status_code == 404
    assert "restore it from a backup" in caplog.text
