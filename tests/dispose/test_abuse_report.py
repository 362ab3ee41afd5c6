"""Abuse reports are valid XARF v4, say the same in the mail, and are withdrawn by a mail that refers to them."""

import json
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import msgspec
import pytest
import xarf
from tests.dispose.keys import ENDPOINT

from fanzha.base.words import Words
from fanzha.dispose import Action, all_channels, example_order
from fanzha.dispose._examples import GIVEN_AT

CHANNEL = all_channels()["abuse_report"]
TARGETS = (("website", "bank-a.example"), ("host", "2001:db8::7"), ("website", "192.0.2.9"))
ORDER = example_order(Action.TAKE_DOWN, *TARGETS)


def parse(body: bytes) -> EmailMessage:
    return message_from_bytes(body, policy=default)


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_each_site_has_a_report_that_the_library_of_the_format_accepts() -> None:
    mail = parse(CHANNEL.instruct(ORDER, ENDPOINT, GIVEN_AT).body)
    reports = [json.loads(part.get_content()) for part in mail.iter_attachments()]
    assert [report["source_identifier"] for report in reports] == [value for _, value in TARGETS]
    for report in reports:
        parsed = xarf.parse(report)
        assert not parsed.errors, parsed.errors
        assert report["fraud_type"] == "government_impersonation"
    assert reports[0]["domain"] == "bank-a.example" and "domain" not in reports[2]
    assert reports[1]["url"] == "http://[2001:db8::7]/"
    assert len({report["report_id"] for report in reports}) == 3


def test_the_mail_says_it_to_people_in_both_languages() -> None:
    mail = parse(CHANNEL.instruct(ORDER, ENDPOINT, GIVEN_AT).body)
    text = text_of(mail)
    assert "bank-a.example" in text and "checked by two persons" in text and "《反电信网络诈骗法》第十三条" in text
    assert "2026-03-08T00:00:00.000Z" in text and "A made-up centre" in text
    assert ORDER.leg in mail["Subject"] and mail["From"] == "orders@centre.example"


def test_a_withdrawal_refers_to_the_notice() -> None:
    first = parse(CHANNEL.instruct(ORDER, ENDPOINT, GIVEN_AT).body)
    undo = parse(CHANNEL.undo(ORDER, Words("有误", "it was wrong"), ENDPOINT, GIVEN_AT).body)
    assert undo["References"] == first["Message-ID"] != undo["Message-ID"]
    assert "Withdrawn: " in text_of(undo) and "it was wrong" in text_of(undo) and not list(undo.iter_attachments())


def test_nothing_is_built_without_an_address_to_send_from() -> None:
    with pytest.raises(ValueError, match=r"deliver\.email"):
        CHANNEL.instruct(ORDER, replace(ENDPOINT, sender=""), GIVEN_AT)


def test_an_exercise_has_no_report_on_which_a_program_could_act() -> None:
    exercise = msgspec.structs.replace(ORDER, simulated=True)
    assert not list(parse(CHANNEL.instruct(exercise, ENDPOINT, GIVEN_AT).body).iter_attachments())
