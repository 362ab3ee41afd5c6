"""The forms offer what an organisation may choose, and return it as the services take it."""

import pytest
from tests.command.people import World

from fanzha.base.marking import Marking
from fanzha.command.exchange.forms import CollectionForm, FeedForm, ReaderForm

pytestmark = [pytest.mark.django_db]


def test_a_collection_offers_all_kinds_but_people_and_no_red() -> None:
    form = CollectionForm()
    assert "person" not in dict(form.fields["kinds"].choices)  # type: ignore[attr-defined]
    assert Marking.RED.value not in dict(form.fields["ceiling"].choices)  # type: ignore[attr-defined]
    filled = CollectionForm({"title_zh": "甲乙", "title_en": "ab", "ceiling": "TLP:GREEN", "level": "watch"})
    assert filled.is_valid() and filled.to_draft().ceiling is Marking.GREEN


def test_readers_and_sources_are_other_organisations(world: World) -> None:
    for form in (ReaderForm(owner=world["centre"].pk), FeedForm(owner=world["centre"].pk)):
        name = "organization" if "organization" in form.fields else "source"
        refs = dict(form.fields[name].choices)  # type: ignore[attr-defined]
        assert world["centre"].ref not in refs and world["carrier"].ref in refs
