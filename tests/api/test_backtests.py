"""`backtest` runs rule texts over files, frames and event tables; `parse_rules` tells every mistake."""

from pathlib import Path

import pyarrow as pa
import pytest
from tests.api.test_analysis import EXPORT

from fanzha.api import RuleError, UsageError, backtest, parse_rules, read, replay

RULE = """
rule short_answers "应答即挂" "calls of seconds"
  law "ATF Art. 11"
  on call_ended
  when count(call_ended by trunk where answered and talk_ms < 5 s, 1h) >= 1
  then find trunk as subscriber_fraud score 0.7
  again after 24h
"""


def test_rules_are_parsed_and_checked(tmp_path: Path) -> None:
    (tmp_path / "short.rule").write_text(RULE, "utf-8")
    (rule,) = parse_rules(RULE)
    assert (rule.name, rule.title.en, rule.again_after) == ("short_answers", "calls of seconds", 86_400_000)
    assert parse_rules(tmp_path / "short.rule") == (rule,)
    with pytest.raises(RuleError, match="talk_seconds"):
        parse_rules(RULE.replace("talk_ms", "talk_seconds"))
    with pytest.raises(UsageError, match="No such file"):
        parse_rules(tmp_path / "none.rule")


def test_a_rule_is_run_over_a_frame_and_over_events_alike() -> None:
    result = backtest(RULE, EXPORT)
    (version,) = result.result.versions
    assert (version.rule, version.hits, version.subjects) == ("short_answers", 1, 1)
    assert result.hits.column("subject").to_pylist() == ["IGW-FIC-1"]
    assert backtest(RULE, read(EXPORT)).hits.column("subject").to_pylist() == ["IGW-FIC-1"]


def test_two_texts_of_a_rule_are_compared_and_labels_may_be_a_frame() -> None:
    labels = pa.table({"subject": ["IGW-FIC-1"], "kind": ["trunk"], "label": ["fraud"]})
    stricter = RULE.replace(">= 1", ">= 2")
    result = backtest([RULE, stricter], EXPORT, labels=labels, subjects_an_hour=5, lines=50_000).result
    assert [version.hits for version in result.versions] == [1, 0]
    assert result.comparisons[0].only_a == {"fraud": 1}
    assert result.versions[0].budget.subjects_an_hour == 5
    alarms = result.versions[0].alarms
    assert alarms is not None and alarms.alarms == 1 and alarms.per_million_a_day is not None


def test_a_named_folder_gets_the_report(tmp_path: Path) -> None:
    backtest(RULE, EXPORT, out=tmp_path / "out")
    assert (tmp_path / "out" / "report.html").is_file()


def test_known_cases_are_replayed_from_a_frame(tmp_path: Path) -> None:
    cases = pa.table(
        {"案件编号": ["A-1"], "涉案号码": ["19400001234"], "首次损失时间": ["2026-03-01 09:30:00"], "金额": [30_000]}
    )
    result = replay(cases, EXPORT, detectors=("gateway-guard",), out=tmp_path / "out")
    assert (result.cases, result.case_rows) == (1, 1)
    assert sum(result.outcomes.values()) == 1
    assert (tmp_path / "out" / "replay.html").is_file()
    with pytest.raises(UsageError, match="not a span of time"):
        replay(cases, EXPORT, within="a week")
