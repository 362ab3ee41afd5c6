"""Topics and random names are read from what an app is called."""

import pytest

from fanzha.detect._app.abilities import find_topic, is_random_package


@pytest.mark.parametrize(
    ("package_name", "random"),
    [
        ("com.qwzrtkx.app", True),
        ("uni.UNI3A7F21C", True),
        ("com.a83720192.x", True),
        ("com.tencent.mm", False),
        ("com.example.bank", False),
        ("cn.gov.pension", False),
    ],
)
def test_random_package_names_are_seen(package_name: str, random: bool) -> None:
    assert is_random_package(package_name) is random


def test_topics_are_read_from_the_name() -> None:
    assert [find_topic(label) for label in ("极速贷款", "Crypto Wallet", "天气")] == ["fake_loan", "fake_invest", ""]
