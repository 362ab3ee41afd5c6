"""What somebody typed is read as the first kind that fits its category; what is not understood is no error."""

from pathlib import Path

import pytest

from fanzha.command.reports.targets import CATEGORIES, SUBJECT_KINDS, ReportedThing, find_others, read_link, read_thing
from fanzha.processes.catalog import all_processes


@pytest.mark.parametrize(
    ("category", "typed", "expected"),
    [
        ("call", "170 0000 0021", ReportedThing("number", "phone_number", "+8617000000021")),
        ("text", "10690000123", ReportedThing("sender", "short_code", "10690000123")),
        ("text", "+86 170 0000 0021", ReportedThing("number", "phone_number", "+8617000000021")),
        ("link", "hxxp://pay-1.example[.]com/a?b", ReportedThing("site", "website", "pay-1.example.com")),
        ("account", "微信：made_up_1", ReportedThing("account", "account", "wechat:made_up_1")),
        ("call", "no number was shown", ReportedThing("unknown")),
        ("payment", "", ReportedThing("unknown")),
    ],
)
def test_what_is_typed_is_read_by_category(category: str, typed: str, expected: ReportedThing) -> None:
    assert read_thing(category, typed) == expected


def test_a_link_in_the_text_is_what_is_reported_if_nothing_else_is() -> None:
    assert read_thing("text", "", "Pay at pay-1.example.com now").value == "pay-1.example.com"


@pytest.mark.usefixtures("home")
def test_genuine_numbers_and_sites_of_a_text_are_not_offered() -> None:
    text = "ICBC 95588 or www.icbc.com.cn: call 170 0000 0099, or open http://refund.example/a"
    assert {other.value for other in find_others("", text)} == {"+8617000000099", "refund.example"}


def test_the_process_knows_every_category_and_kind() -> None:
    fields = all_processes()["public_report"].events["receive"].evidence
    assert fields["category"].choices.keys() == CATEGORIES.keys()
    assert fields["targets"].kinds == SUBJECT_KINDS


@pytest.mark.parametrize(
    ("typed", "text", "host", "link"),
    [
        ("https://user:word@pay.example:8443/a/1?uid=3#x", "", "pay.example", "https://pay.example:8443/a/1"),
        ("pay.example", "", "pay.example", "http://pay.example/"),
        ("", "look at http://pay.example/b?c=1 now", "", "http://pay.example/b"),
        ("", "first http://www.icbc.com.cn/ then http://pay.example/", "", "http://pay.example/"),
        ("", "no link", "", ""),
    ],
)
def test_a_reported_page_has_no_query(home: Path, typed: str, text: str, host: str, link: str) -> None:
    assert read_link(typed, text, host) == link
