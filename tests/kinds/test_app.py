"""An app is its package name or a hash; the same certificate is the same family."""

import pytest

from fanzha.base.errors import Malformed
from fanzha.kinds.app import KIND

DIGEST = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("raw", "canonical"),
    [
        ("com.Example.app_1", "com.Example.app_1"),
        ("package:com.example.app", "com.example.app"),
        (DIGEST.upper(), f"apk:{DIGEST}"),
        (f"cert: {DIGEST}", f"cert:{DIGEST}"),
        (":".join(DIGEST.upper()[place : place + 2] for place in range(0, 64, 2)), f"cert:{DIGEST}"),
    ],
)
def test_names_and_hashes_are_read(raw: str, canonical: str) -> None:
    assert KIND.normalise(raw) == canonical


@pytest.mark.parametrize(
    "raw", ["", "app", "com..app", "com.1app", "a" * 300, DIGEST[:-1], "sha1:" + DIGEST, "com.例.app"]
)
def test_other_text_is_malformed(raw: str) -> None:
    with pytest.raises(Malformed):
        KIND.normalise(raw)


def test_a_package_name_names_a_domain_that_it_only_claims() -> None:
    facts = {fact.name: fact.words.en for fact in KIND.describe("com.example.app")}
    assert facts == {"identifier": "package name", "domain": "example.com (only claimed)"}
    assert [fact.value for fact in KIND.describe(f"cert:{DIGEST}")] == ["cert"]


def test_a_package_name_is_told_from_a_host_name() -> None:
    assert KIND.resembles("com.example.mobile") > KIND.resembles("com.example.app") > KIND.resembles("www.example.com")


def test_an_app_is_shown() -> None:
    assert KIND.mask("com.example.app") == "com.example.app"
