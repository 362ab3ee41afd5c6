"""A question by the beginning of a hash is answered at one length, and only its asker knows what it was about."""

from pathlib import Path

import pytest
from django.utils import timezone
from tests.command.people import World

from fanzha.base.errors import Malformed
from fanzha.command.number_tags.hash_lookup import PADDED_TO, hash_entries
from fanzha.command.number_tags.models import ShownTag
from fanzha.command.number_tags.services import digest_of

NUMBER = "+8617000000001"


def show(kind: str, value: str) -> str:
    digest = digest_of(value)
    ShownTag.objects.create(kind=kind, value=value, digest=digest, category="fraud", weight=4, voices=4,
                            since=timezone.now())  # fmt: skip
    return digest


def test_a_tagged_number_is_among_padding(world: World, home: Path) -> None:
    digest = show("phone_number", NUMBER)
    entries = hash_entries("phone_number", digest[:4])
    assert len(entries) == PADDED_TO and {"hash": digest, "category": "fraud", "proven": False} in entries
    assert entries == hash_entries("phone_number", digest[:4])
    assert all(entry["hash"].startswith(digest[:4]) and len(entry["hash"]) == 64 for entry in entries)
    nothing = hash_entries("phone_number", "0000" if digest[:4] != "0000" else "0001")
    assert {entry["proven"] for entry in nothing} == {True, False}, "padding is like any answer"
    assert len(nothing) == PADDED_TO and digest not in {entry["hash"] for entry in nothing}


@pytest.mark.parametrize(
    ("kind", "prefix"),
    [("phone_number", text) for text in ("abc", "abcde", "ABCD")] + [("website", "abcd"), ("person", "abcd")],
)
def test_a_question_has_its_length(world: World, home: Path, kind: str, prefix: str) -> None:
    with pytest.raises(Malformed):
        hash_entries(kind, prefix)
