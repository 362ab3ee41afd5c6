"""A refusal says what the caller's network can use, and its contact can be reached."""

from collections.abc import Callable
from typing import Any

import pytest

from fanzha.base.errors import UsageError
from fanzha.screen.sip.refusal import RedressContact, SipRefusal


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        (lambda: SipRefusal(302), "cannot be refused with 302"),
        (lambda: SipRefusal(cause=0), "no cause of Q.850"),
        (lambda: SipRefusal(phrase="a\r\nb"), "not plain ASCII text"),
        (lambda: SipRefusal(text='say "no"'), "not plain ASCII text"),
        (lambda: SipRefusal(text="不"), "not plain ASCII text"),
        (lambda: SipRefusal(call_info="https://x>;a"), "not a web address"),
        (lambda: SipRefusal(call_info="file:///etc"), "not a web address"),
        (lambda: RedressContact(), "no contact for redress"),
        (lambda: RedressContact(url="http://redress.example"), "not a contact address"),
        (lambda: RedressContact(url="https://redress.example/a;b"), "not a contact address"),
        (lambda: RedressContact(url='https://redress.example/"'), "not a contact address"),
        (lambda: RedressContact(tel="96110"), "not a telephone number in international form"),
        (lambda: RedressContact(email="redress"), "not an email address"),
        (lambda: RedressContact(email="a;b@carrier.example"), "not an email address"),
    ],
)
def test_a_wrong_setting_is_named_with_its_fix(wrong: Callable[[], Any], text: str) -> None:
    with pytest.raises(UsageError, match=".") as caught:
        wrong()
    assert text in str(caught.value) and caught.value.fix


def test_a_refusal_says_the_phrase_of_its_code() -> None:
    assert [SipRefusal(code).reason_phrase for code in (603, 608, 403, 499)] == [
        "Decline",
        "Rejected",
        "Forbidden",
        "Rejected",
    ]
    assert SipRefusal(603, "Busy").reason_phrase == "Busy"
    assert SipRefusal(blocked_by=RedressContact(email="a@b.example")).reason_phrase == "Network Blocked"


def test_only_the_contacts_that_there_are_are_named() -> None:
    assert RedressContact(tel="+861000000000").pairs == "tel=+861000000000"
