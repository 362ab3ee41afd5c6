"""The client sends the beginning of a hash alone, and compares by itself."""

import json
from hashlib import sha256

import pytest

from fanzha.api.tag_lookup import TagAnswer, look_up_tag

NUMBER = "+8617000000001"
DIGEST = sha256(NUMBER.encode()).hexdigest()


def test_only_the_beginning_of_the_hash_is_sent() -> None:
    asked: list[str] = []

    def fetch(address: str) -> bytes:
        asked.append(address)
        entries = [
            {"hash": DIGEST[:4] + "0" * 60, "category": "other", "proven": True},
            {"hash": DIGEST, "category": "fraud", "proven": False},
        ]
        return json.dumps({"entries": entries}).encode()

    assert look_up_tag("https://site.example/", "phone_number", NUMBER, fetch) == TagAnswer("fraud", False)
    assert look_up_tag("https://site.example/", "phone_number", "+8617000000002", fetch) is None
    assert asked[0] == f"https://site.example/tags/hashes/phone_number/{DIGEST[:4]}"


def test_wrong_kinds_and_addresses() -> None:
    with pytest.raises(KeyError):
        look_up_tag("https://site.example", "person", "x", lambda address: b"")
    with pytest.raises(ValueError, match="https"):
        look_up_tag("file:///etc", "phone_number", NUMBER)
