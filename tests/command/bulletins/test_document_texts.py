"""The numbered document of a bulletin states the text and the replies in its language, and no other document does."""

import pytest
from tests.command.bulletins.bulletins_made import made_month, published
from tests.command.people import World

from fanzha.command.bulletins.document_texts import document_paragraphs
from fanzha.command.processes.models import ProcessInstance
from fanzha.command.web.scoping import unscoped

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def test_the_document_has_title_text_and_replies(world: World) -> None:
    made_month(world)
    bulletin = published(world)
    with unscoped("test"):
        instance = ProcessInstance.objects.get(ref=bulletin.ref)
    chinese = document_paragraphs(instance, "bulletin", "zh")
    assert chinese[0].endswith("的通报") and any("逾期未答复" in text for text in chinese)
    assert "A queue stood still for two days." in document_paragraphs(instance, "bulletin", "en")
    assert document_paragraphs(instance, "notice", "zh") == []
