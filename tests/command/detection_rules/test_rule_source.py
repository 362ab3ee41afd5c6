"""A shipped rule is copied as a draft with its origin, and the text of a rule is marked without losing a character."""

import html
import re

from fanzha.command.detection_rules.library import find_shipped
from fanzha.command.detection_rules.rule_source import copy_rule, cut_rule, find_origin, highlight, rule_names
from fanzha.command.detection_rules.text_check import check_text

TEXT = """list banks = "95588"

# of the first
rule one "一" "one"
  on call_ended  # now
  when count(call_ended by proven_caller, 1h) >= 30
# of the second
rule two "二" "two"
"""


def test_a_rule_is_cut_out_with_its_comments_and_lists() -> None:
    assert rule_names(TEXT) == ["one", "two"]
    assert cut_rule(TEXT, "two") == 'list banks = "95588"\n\n# of the second\nrule two "二" "two"\n'
    assert cut_rule(TEXT, "three") == ""


def test_a_copy_of_the_only_rule_keeps_its_name_and_others_get_one_of_their_own(home: object) -> None:
    alone, many = find_shipped("landline-burst"), find_shipped("wangiri")
    assert alone is not None and many is not None
    assert rule_names(copy_rule(alone, "landline_burst")) == ["landline_burst"]
    copied = copy_rule(many, "wangiri_call")
    assert rule_names(copied) == ["wangiri_call_own"] and not check_text(copied).has_mistakes
    origin = find_origin(copied)
    assert origin is not None and (origin.detector.name, origin.rule, origin.text) == (
        "wangiri",
        "wangiri_call",
        copied,
    )
    assert copy_rule(many, "no_such_rule") == "" and find_origin(TEXT) is None
    assert find_origin("# copied from detector gone, rule x\n") is None


def test_marking_changes_no_character_and_escapes() -> None:
    text = TEXT + '  sentence "<b>" "a & b"\n'
    marked = highlight(text)
    assert html.unescape(re.sub(r"</?span[^>]*>", "", marked)) == text
    assert '<span class="k">rule</span>' in marked and '<span class="c"># now</span>' in marked and "<b>" not in marked


def test_a_line_that_is_too_long_has_no_marks() -> None:
    assert highlight('"' * 501 + "\nrule").count("<span") == 1
