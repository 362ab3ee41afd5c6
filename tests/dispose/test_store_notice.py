"""A notice to a store lists the identifiers of the apps, for people and for machines."""

import json

from tests.dispose.keys import ENDPOINT
from tests.dispose.test_abuse_report import parse, text_of

from fanzha.dispose import Action, all_channels, example_order
from fanzha.dispose._examples import GIVEN_AT


def test_identifiers_are_named_and_attached() -> None:
    order = example_order(Action.REMOVE_APP, ("app", "com.made.up.loan"), ("app", f"cert:{'ab' * 32}"))
    mail = parse(all_channels()["store_notice"].instruct(order, ENDPOINT, GIVEN_AT).body)
    text = text_of(mail)
    assert "com.made.up.loan（包名 / package name）" in text
    assert f"{'ab' * 32}（签名证书 SHA-256 / signing certificate, SHA-256）" in text
    (attached,) = mail.iter_attachments()
    assert [target["value"] for target in json.loads(attached.get_content())["targets"]] == [
        "com.made.up.loan",
        f"cert:{'ab' * 32}",
    ]
