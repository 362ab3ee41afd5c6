"""A rule in words has a line for everything and the same for machines."""

import json

from fanzha.cli._rule_description import description_as_json, description_lines
from fanzha.rules import check, describe, parse

TEXT = """rule r "标题" "title"
  law "ATF Art. 20"
  on call_ended
  when count(call_ended by caller, 1h) >= 30
  except caller is not known
  then find callee score points(0.4 when talk_ms < 20 s)
"""


def test_every_part_stands_in_both_languages() -> None:
    (rule,) = check(parse(TEXT)).rules
    description = "\n".join(description_lines(rule, describe(rule)))
    for part in ("标题  title", "ATF Art. 20", "判断时刻 decides", "界限 limits", "除非 except", "保存的状态 keeps"):
        assert part in description
    assert "talk_ms < 20 s    分 points 0.4" in description


def test_machines_get_the_same() -> None:
    (rule,) = check(parse(TEXT)).rules
    description = json.loads(json.dumps(description_as_json(rule, describe(rule)), ensure_ascii=False))
    assert description["title"] == {"zh": "标题", "en": "title"}
    assert description["limits"][0] == {"text": "count(call_ended by caller, 1h) >= 30", "points": ""}
    assert description["except"] == "caller is not known"
