"""Rewrite a look-up of a most frequent text as a window whose result is whether the text is found.

The look-up is a column of each fact; the window takes it from the latest fact that carries the most frequent text.
"""

from dataclasses import replace

from fanzha.rules._checking.windows import is_text_window
from fanzha.rules.tree import Expression, Member, WindowExpression


def expand_membership(node: Member) -> Expression:
    """Return `most_frequent(x of …) in LIST` as a window with a result; other look-ups unchanged."""
    window = node.operand
    if not isinstance(window, WindowExpression) or window.what != "most_frequent" or not is_text_window(window):
        return node
    assert window.value is not None  # the grammar asks for one
    return replace(window, result=expand_membership(replace(node, operand=window.value)))
