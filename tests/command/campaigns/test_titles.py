"""A campaign is called by its fraud type, what ties it together, and how much there is of it; lines are masked."""

import pytest

from fanzha.command.campaigns.models import Campaign
from fanzha.command.campaigns.ties import MAX_SUBJECTS
from fanzha.command.campaigns.titles import TIE_WORDS, campaign_title, tie_title
from fanzha.kinds import all_kinds


def test_type_tie_and_counts_make_the_title_in_both_languages() -> None:
    row = Campaign(
        tie_kind="trunk", tie_value="IGW-FIC-07", fraud_type="wangiri", subjects=24, calls=1_234, findings=30
    )
    title = campaign_title(row)
    assert title.en.endswith("trunk IGW-FIC-07 · 1,234 calls · 24 subjects")
    assert title.zh.endswith("中继 IGW-FIC-07 · 1,234 通 · 24 个对象")


@pytest.mark.parametrize(
    ("victims", "findings", "said"),
    [(1, 1, "1 person to warn"), (3, 3, "3 people to warn"), (0, 1, "1 finding"), (0, 2, "2 findings")],
)
def test_victims_are_people_to_warn_and_what_has_no_counts_says_its_findings(
    victims: int, findings: int, said: str
) -> None:
    row = Campaign(tie_kind="trunk", tie_value="T", fraud_type="", subjects=0, victims=victims, findings=findings)
    assert campaign_title(row).en.startswith("suspicious pattern") and campaign_title(row).en.endswith(said)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("phone_number", "+8617000001234"),
        ("contact", "example_handle_77"),
        ("account", "wechat:example_handle_77"),
        ("contact", "微信 example_handle_77"),
    ],
)
def test_what_names_a_person_or_line_is_masked(kind: str, value: str) -> None:
    words = tie_title(kind, value)
    hidden = value[-6:]
    assert hidden not in words.en and hidden not in words.zh


@pytest.mark.parametrize("number", ["+8617000001234", "+861088001234", "+8614400000001234", "+442079461234"])
def test_a_range_tells_no_digit_that_the_mask_of_its_numbers_hides(number: str) -> None:
    shown = tie_title("range", f"{number[:-4]}••••").en.removeprefix("number range ")
    masked = all_kinds()["phone_number"].mask(number)
    assert len(shown) == len(masked) and "1234" in masked.replace(" ", "")
    assert shown.replace(" ", "").endswith("••••")
    assert all(one in (other, "•") for one, other in zip(shown, masked, strict=True))


def test_a_script_stands_in_quotation_marks() -> None:
    assert tie_title("script", "您的包裹已丢失") == ("话术“您的包裹已丢失”", "script “您的包裹已丢失”")


def test_every_tie_has_a_name() -> None:
    assert set(MAX_SUBJECTS) <= set(TIE_WORDS)
