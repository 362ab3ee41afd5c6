"""A mail names its leg, marks an exercise, and is the same for every attempt."""

from dataclasses import replace

import msgspec
from tests.dispose.keys import ENDPOINT
from tests.dispose.test_abuse_report import parse, text_of

from fanzha.base.words import Words
from fanzha.dispose import Action, example_order
from fanzha.dispose._mail import build_mail

ORDER = example_order(Action.TAKE_DOWN, ("website", "bank-a.example"))
SUBJECT, ASK = Words("通知", "Notice"), Words("请处理：", "Please act:")


def test_an_exercise_is_marked_and_a_renewal_refers_to_the_first_mail() -> None:
    first = build_mail(ORDER, ENDPOINT, SUBJECT, ASK, ["bank-a.example"])
    assert first == build_mail(ORDER, ENDPOINT, SUBJECT, ASK, ["bank-a.example"]) and first.url == ENDPOINT.url
    exercise = msgspec.structs.replace(ORDER, simulated=True, renewal=1)
    mail = parse(build_mail(exercise, ENDPOINT, SUBJECT, ASK, ["bank-a.example"]).body)
    assert mail["Subject"].startswith("【演练】通知 / [Exercise] Notice") and "[Exercise] Please act:" in text_of(mail)
    assert mail["References"] == parse(first.body)["Message-ID"] and mail["To"] is None and mail["Date"] is None


def test_a_mail_that_asks_again_is_another_one_and_refers_to_the_first() -> None:
    first, again = (
        parse(build_mail(ORDER, replace(ENDPOINT, repeat=repeat), SUBJECT, ASK, ["bank-a.example"]).body)
        for repeat in (0, 1)
    )
    assert again["Message-ID"] != first["Message-ID"] == again["References"] and first["References"] is None
