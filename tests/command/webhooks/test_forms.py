"""The form offers every process by its title in the reader's language."""

import pytest
from django.utils import translation

from fanzha.command.processes.process_settings import load_processes
from fanzha.command.webhooks.forms import SubscribeForm


@pytest.mark.parametrize(("language", "words"), [("en", "Card re-check"), ("zh-hans", "动态复核")])
def test_processes_are_offered_by_title(language: str, words: str) -> None:
    with translation.override(language):
        choices = dict(SubscribeForm().fields["processes"].choices)  # type: ignore[attr-defined]
    assert choices["card_rereview"] == words and choices.keys() == load_processes().keys()
