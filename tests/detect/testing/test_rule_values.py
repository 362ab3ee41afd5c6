"""The values of lets and conditions are those at the last event that a rule decides on, with their units."""

from typing import Any

import pyarrow as pa

from fanzha.base.words import Words
from fanzha.detect import Example, RuleDetector
from fanzha.detect.testing import AT_HOME, outgoing_calls
from fanzha.detect.testing.rule_values import describe_rule_values

TEXT = """
list spared_numbers = "+8617000000099"
rule burst "突发" "burst"
  on call_ended
  let calls = count(call_ended by caller, 1h)
  let longest = max(talk_ms of call_ended by caller, 1h)
  let party = caller else trunk
  when calls >= 5 and longest > 2 s and not answered and ingress = "mobile" and diversion is not known
   and attestation = "A"
  except caller in spared_numbers
  then find call score 0.5
"""


class BurstDetector(RuleDetector):
    text = TEXT
    tells = Words("突发", "burst")
    examples = ()


class TalkDetector(RuleDetector):
    text = 'rule long_talk\n  on call still talking 20 min\n  when caller = "1"\n  then find call score 0.5\n'
    tells = Words("长", "long")
    examples = ()


def batches(**calls: Any) -> dict[str, pa.RecordBatch]:
    example = Example(
        title=Words("", ""), table="", rows=outgoing_calls("+8617000000001", 4, every_s=60, **calls, **AT_HOME)
    )
    tables: dict[str, list[pa.RecordBatch]] = {}
    for table, batch in example.batches():
        tables.setdefault(table, []).append(batch)
    return {name: pa.Table.from_batches(rows).combine_chunks().to_batches()[0] for name, rows in tables.items()}


def test_values_of_every_type_are_shown_with_their_units() -> None:
    assert describe_rule_values(BurstDetector(), batches(talk_s=30)).splitlines() == [
        "rule burst at the last call_ended (2026-03-01 00:03:33 UTC):",
        "  let calls: 4",
        "  let longest: 30 s",
        '  let party: "+8617000000001"',
        "  when calls >= 5: false",
        "  when longest > 2 s: true",
        "  when not answered: false",
        '  when ingress = "mobile": true',
        "  when diversion is not known: true",
        '  when attestation = "A": not known',
        "  except caller in spared_numbers: false",
    ]


def test_a_rule_without_an_event_to_decide_on_says_so() -> None:
    assert describe_rule_values(TalkDetector(), batches(talk_s=30)) == (
        "rule long_talk: there is no call still talking to decide on"
    )
