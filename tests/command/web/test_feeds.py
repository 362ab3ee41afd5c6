"""A feed is well-formed XML whatever its texts hold."""

from xml.etree import ElementTree

import pytest

from fanzha.command.web.feeds import AtomFeed


@pytest.mark.parametrize("character", ["\x0b", "\x00", "\x1f", "\ufffe"])
def test_a_character_that_xml_does_not_allow_is_left_out(character: str) -> None:
    feed = AtomFeed("Bulletins", "https://site.example/", "")
    feed.add_item(f"a{character}b", "https://site.example/1", f"c{character}\nd")
    texts = [element.text for element in ElementTree.fromstring(feed.writeString("utf-8")).iter()]
    assert "ab" in texts and "c\nd" in texts
