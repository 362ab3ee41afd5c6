"""The shipped types are codes of the taxonomy; the plainest texts get the right one, and unclear ones none."""

import pytest

from fanzha.base.fraud_types import FRAUD_TYPES
from fanzha.models.message_type import MODEL, TypeGuess

FITTED = MODEL.load()


def test_every_class_is_a_code_of_the_taxonomy() -> None:
    assert set(FITTED.classes) <= set(FRAUD_TYPES)
    assert len(FITTED.classes) >= 20


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("我是公安局民警，你涉嫌洗钱，请把资金转到安全账户配合调查", "fake_authority"),
        ("您的网银将于今日过期，请登录 URL 重新激活，否则冻结", "phishing"),
        ("代开各类发票，办理各种证件，联系 PHONE", "fake_document"),
        ("left: 您好，恭喜您中了彩票一等奖，奖金五十万元，领奖前要先交手续费\nright: 真的吗", "prize"),
        ("在家动动手指做任务，点赞一单返五块，先垫后返，当天提现", "brushing"),
    ],
)
def test_a_plain_text_gets_its_type(text: str, code: str) -> None:
    (guess,) = FITTED.guess([text], sure_from=0.0)
    assert guess.fraud_type == code


def test_an_unclear_text_gets_no_type() -> None:
    (guess,) = FITTED.guess(["在吗，方便说话吗"], MODEL.sure_from())
    assert not guess.is_sure and guess.reported_type == "other"


def test_a_sure_guess_is_named() -> None:
    assert TypeGuess("prize", 0.9, is_sure=True).reported_type == "prize"


def test_no_texts_have_no_guesses() -> None:
    assert FITTED.guess([], sure_from=0.5) == []
