"""Headings, lists, steps and paragraphs are all the markup there is; what else stands in a text is shown as text."""

from hypothesis import given
from hypothesis import strategies as st

from fanzha.command.education.markup import plain_text, render_text, split_blocks

TEXT = "## Do this\nFirst line.\n- one\n- two\n\n1. call 110\n2. wait"


def test_blocks_keep_their_lines() -> None:
    kinds = [(kind, len(lines)) for kind, lines in split_blocks(TEXT)]
    assert kinds == [("heading", 1), ("paragraph", 1), ("list", 2), ("steps", 2)]


def test_lists_and_steps_become_lists() -> None:
    html = render_text(TEXT)
    assert "<h2>Do this</h2>" in html and "<ul><li>one</li><li>two</li></ul>" in html
    assert '<ol><li>call <a href="tel:110">110</a></li><li>wait</li></ol>' in html


def test_a_text_without_headings_is_what_is_read_aloud() -> None:
    assert plain_text(TEXT) == "First line.\none\ntwo\ncall 110\nwait"


def test_numbers_within_others_are_not_dialled() -> None:
    assert "tel:" not in render_text("Pay 1100 yuan, 12-110 or 961100.")


@given(st.text(max_size=200))
def test_no_text_makes_markup_of_its_own(text: str) -> None:
    html = render_text(text)
    assert "<script" not in html and html.count("<p>") == html.count("</p>")
