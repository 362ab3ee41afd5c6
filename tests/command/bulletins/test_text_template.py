"""The template is sound, and a text with typed figures or unknown slots is refused."""

import pytest

from fanzha.command.bulletins.text_template import UnusableText, check_body, fill_body, text_sections


def test_the_template_keeps_its_own_rules() -> None:
    for name, section in text_sections().items():
        for body in section.body:
            check_body(name, body)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "  ",
        "办结率98",
        "９８件",
        "百分之九十八",
        "ninety per cent",
        "{rank}",
        "{company}",
        "{report_settled",
        "x" * 4_001,
    ],
)
def test_an_unusable_text_is_refused(body: str) -> None:
    with pytest.raises(UnusableText):
        check_body("overall", body)


def test_slots_are_filled() -> None:
    assert fill_body("{month}：{report_settled}", {"month": "十月", "report_settled": "98.00%"}) == "十月：98.00%"
