"""Words, parties and values of processes in the reader's language."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.utils import translation

from fanzha.base.words import Words
from fanzha.command.processes.templatetags.processes import (
    actor_words,
    cited_basis,
    format_value,
    legal_basis,
    localized_field,
    when,
    words,
)


@pytest.mark.parametrize(("language", "place"), [("zh-hans", 0), ("en", 1)])
def test_everything_is_said_in_the_readers_language(language: str, place: int) -> None:
    with translation.override(language):
        assert words(Words("指令", "order")) == ("指令", "order")[place]
        assert actor_words("owner.reviewer") == ("承办单位 · 审核员", "Owner · Reviewer")[place]
        assert actor_words("system") == ("系统", "the system")[place]
        assert localized_field(SimpleNamespace(fact_zh="事实", fact_en="fact"), "fact") == ("事实", "fact")[place]
        assert ("《反电信网络诈骗法》第十三条", "Anti-Telecom and Online Fraud Law, Art. 13")[place] == legal_basis(
            "ATF13"
        )
        assert cited_basis("ATF Art. 13") == legal_basis("ATF13")


def test_values_are_readable_and_numbers_masked() -> None:
    assert format_value("+8617000001234", "subject") == "+861••••••••34"
    assert format_value("website:pay.example", "subject") in ("website pay.example", "网站 pay.example")
    assert format_value("https://pay.example", "subject") == "https://pay.example"
    assert format_value(True, "yes_no") == "✓" and format_value(Words("拦截", "refuse"), "choice") in ("拦截", "refuse")
    with translation.override("en"):
        assert format_value(Words("证据充分", "Sufficient").joined(), "text") == "Sufficient"
    assert words(None) == "" and legal_basis("nothing") == "nothing"


def test_moments_are_local_and_exact() -> None:
    for language, exact in (("en", "25 Nov 2026, 12:00"), ("zh-hans", "2026年11月25日 12:00")):
        with translation.override(language):
            made = when(datetime(2026, 11, 25, 4, tzinfo=UTC))
        assert made == f'<time datetime="2026-11-25T12:00:00+08:00">{exact}</time>'
    assert when(None) == ""
