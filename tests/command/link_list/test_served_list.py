"""Answers come from memory until the job writes a new version."""

from pathlib import Path

import pytest
from tests.command.link_list.listed_sites import decide, publish, refresh
from tests.command.people import World

from fanzha.command.link_list import served_list as module
from fanzha.command.link_list.served_list import close_served, read_base64, read_prefix, served_list
from fanzha.store.link_list_settings import LinkListSettings


def test_an_answer_is_encoded_once_for_a_version(world: World, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(home, world)
    decide(world, "one.example")
    refresh()
    settings = LinkListSettings()
    first = served_list().list_answer(b"", settings)
    with monkeypatch.context() as patch:
        patch.setattr(module, "encode_rice", lambda numbers: pytest.fail("encoded again"))
        assert served_list().list_answer(b"", settings) is first
    decide(world, "two.example")
    refresh()
    assert served_list().list_answer(b"", settings) != first
    close_served()
    assert served_list().list_answer(b"", settings) != first


@pytest.mark.parametrize("text", ["-_-_AA==", "+/+/AA", "-_-_AA", " / /AA=="])
def test_both_alphabets_of_base64_are_read(text: str) -> None:
    assert read_prefix(text) == read_base64("+/+/AA==")


def test_a_prefix_has_four_bytes() -> None:
    with pytest.raises(ValueError, match="four bytes"):
        read_prefix("AAAA")
