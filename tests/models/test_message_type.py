"""The shipped types name real fraud types, and the plainest texts get the right one."""

import pyarrow as pa
import pytest

from fanzha.claims.fraud_type import FRAUD_TYPES
from fanzha.models.message_type import FRAUD_TYPE_OF, MODEL

FITTED = MODEL.load()


def test_every_class_of_fraud_is_a_code_of_the_list() -> None:
    assert set(FRAUD_TYPE_OF.values()) <= set(FRAUD_TYPES)
    assert set(FRAUD_TYPE_OF) <= set(FITTED.classes)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("我是公安局民警，你涉嫌洗钱，请把资金转到安全账户配合调查", "fake_authority"),
        ("您的网银将于今日过期，请登录 URL 重新激活，否则冻结", "phishing"),
        ("代开各类发票，办理各种证件，联系 PHONE", "fake_document"),
    ],
)
def test_a_plain_text_gets_its_type(text: str, kind: str) -> None:
    shares = FITTED.score(pa.table({"text": [text]}))[0]
    assert FRAUD_TYPE_OF.get(FITTED.classes[int(shares.argmax())]) == kind
    assert shares.sum() == pytest.approx(1)
