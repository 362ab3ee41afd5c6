"""Bilingual text is shown in the language of the request."""

import pytest
from django.utils import translation

from fanzha.base.words import Words
from fanzha.command.web.i18n import localize


@pytest.mark.parametrize(("language", "text"), [("zh-hans", "流程"), ("en", "process"), (None, "process")])
def test_words_follow_the_active_language(language: str | None, text: str) -> None:
    with translation.override(language):
        assert localize(Words("流程", "process")) == text
