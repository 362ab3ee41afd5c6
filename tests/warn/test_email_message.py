"""An e-mail has the words of its languages, as plain text, and no address brings in a header."""

from email import message_from_bytes, policy

import pytest
from tests.warn.notices import NOTICE

from fanzha.base.words import Words
from fanzha.warn import Gateway, WarningNotice
from fanzha.warn.email_message import CHANNEL

GATEWAY = Gateway("smtp://mail.example", sender="warn@bureau.example")
TO = "victim@mail.example"


def content(notice: WarningNotice) -> tuple[str, str]:
    message = message_from_bytes(CHANNEL.build(notice, GATEWAY).body, policy=policy.default)
    assert message.get_content_type() == "text/plain" and message["Auto-Submitted"] == "auto-generated"
    return str(message["Subject"]), message.get_content().replace("\r\n", "\n")


def test_both_languages_are_there() -> None:
    subject, text = content(NOTICE._replace(to=TO))
    assert subject == "反诈提醒 · Fraud warning"
    assert text == "境外来电：美国\n勿透露验证码\n\nCall from abroad: United States\nTell nobody a code\n"


def test_one_language_stands_alone() -> None:
    assert content(WarningNotice(TO, Words("请勿转账", ""))) == ("反诈提醒", "请勿转账\n")


@pytest.mark.parametrize("address", ["", "a@b\r\nBcc: c@d", "a b@c", "a@-b", "+8617000000900", "a@b,c@d", "<a@b>"])
def test_another_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="e-mail address"):
        CHANNEL.build(NOTICE._replace(to=address), GATEWAY)
