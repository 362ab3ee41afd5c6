"""The report is one file that needs nothing else, and nothing from outside can act in it."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pyarrow.parquet as pq
from tests.findings import finding

from fanzha.analyze.report import write_report
from fanzha.analyze.report.run_report import MAX_BYTES
from fanzha.analyze.summary import SourceSummary, Summary
from fanzha.claims import Finding, Mode
from fanzha.claims.finding import to_table

WINDOW = "distinct(callee of call_ended by proven_caller, 1h)"
FINDING = finding(subject_kind="phone_number", subject="+8619900001234", fraud_type="prize")


class Links(HTMLParser):
    """Collects every tag and every attribute that could make a request or run."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.requests: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.requests += [
            pair for pair in attrs if pair[0] in ("src", "href", "action", "data") or pair[0].startswith("on")
        ]


def report(folder: Path, *findings: Finding, **changes: object) -> str:
    finding = findings[0]
    pq.write_table(to_table(findings), folder / "findings.parquet")
    rejects = [{"file": "a.csv", "row": 3, "reason": "not a moment: <b>", "reason_zh": "不是时间"}] * 2
    (folder / "rejects.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rejects))
    summary = Summary(
        version="0",
        started_at=1_772_323_200_000,
        sources=[SourceSummary("calls <i>.csv", "csv", read=900, used=897, rejected=3)],
        findings=len(findings),
        suspects=1,
        by_detector={finding.detector: 1},
        by_fraud_type={finding.fraud_type: 1},
    )
    write_report(
        msgspec.structs.replace(summary, **changes),
        folder / "findings.parquet",
        folder / "rejects.jsonl",
        folder / "r.html",
    )
    return (folder / "r.html").read_text("utf-8")


def test_the_report_makes_no_request_and_holds_no_script(tmp_path: Path) -> None:
    page = Links()
    page.feed(report(tmp_path, FINDING))
    assert page.requests == []
    assert "script" not in page.tags


def test_texts_from_outside_stay_texts(tmp_path: Path) -> None:
    hostile = msgspec.structs.replace(
        FINDING, reasons_en=("<img src=x onerror=alert(1)>",), evidence='{"<script>": "</td>"}'
    )
    page = Links()
    page.feed(report(tmp_path, hostile))
    assert page.requests == []
    assert not {"script", "img", "i", "b"} & page.tags - {"b"}


def test_both_languages_stand_in_the_report(tmp_path: Path) -> None:
    text = report(tmp_path, FINDING)
    assert "理由" in text and "reason" in text
    assert "虚假中奖" in text and "fake prize" in text


def test_a_number_is_masked_unless_it_was_asked_for(tmp_path: Path) -> None:
    assert "19900001234" not in report(tmp_path, FINDING)


def test_every_input_is_accounted_for(tmp_path: Path) -> None:
    text = report(tmp_path, FINDING)
    assert "calls &lt;i&gt;.csv" in text
    assert "897" in text
    assert "not a moment: &lt;b&gt;" in text


def test_findings_on_simulated_data_are_named_as_such(tmp_path: Path) -> None:
    simulated = msgspec.structs.replace(FINDING, simulated=True)
    text = report(tmp_path, simulated, simulated=1)
    assert "simulated (made-up) data" in text
    assert "模拟数据" in text


def test_a_victim_stands_among_those_to_warn_and_not_among_the_suspects(tmp_path: Path) -> None:
    text = report(tmp_path, msgspec.structs.replace(FINDING, fraud_type="victim_at_risk"), suspects=0, to_warn=1)
    assert "People to warn" in text and "under no suspicion" in text
    assert "No suspects found" in text
    assert "People to warn" not in report(tmp_path, FINDING)


def rule_evidence(events: int) -> str:
    page = [{"event_id": f"e{n}", "occurred_at": 1_772_323_200_000, "value": "+8619900005678"} for n in range(events)]
    return json.dumps({"rule": "r", "conditions": [{}], "windows": [{"window": WINDOW, "value": 30, "events": page}]})


def test_what_a_rule_counted_stands_in_a_table_without_json_and_masked(tmp_path: Path) -> None:
    text = report(tmp_path, msgspec.structs.replace(FINDING, evidence=rule_evidence(20)))
    assert f"<code>{WINDOW}</code></td><td><b>30</b>" in text
    assert "event_id" not in text and "19900005678" not in text
    assert "+ 17" in text


def test_a_subject_with_very_many_findings_does_not_swell_the_report(tmp_path: Path) -> None:
    one = msgspec.structs.replace(FINDING, evidence=rule_evidence(20))
    alone = len(report(tmp_path, one))
    many = [msgspec.structs.replace(one, event_ids=(f"e{n}",)) for n in range(500)]
    assert len(report(tmp_path, *many)) < alone + 10_000
    assert "more findings in findings.parquet" in report(tmp_path, *many)


def test_live_and_shadow_stand_in_separate_lists_and_a_subject_in_its_most_mature(tmp_path: Path) -> None:
    live = msgspec.structs.replace(FINDING, subject="+8619900000001", mode=Mode.LIVE)
    also = msgspec.structs.replace(live, mode=Mode.SHADOW, event_ids=("e2",), score=0.99)
    shadow = msgspec.structs.replace(FINDING, subject="+8619900000002")
    warming = msgspec.structs.replace(FINDING, subject="+8619900000003", windows_full=False)
    text = report(tmp_path, live, also, shadow, warming, by_maturity={"live": 1, "shadow": 2, "windows_not_full": 1})
    headings = re.findall(r'<h3 class="maturity">.*?lang="zh">(.*?)</span>.*?lang="en">(.*?)</span>', text)
    assert headings == [("正式", "live"), ("影子", "shadow"), ("窗口未满", "windows not full")]
    assert text.count('<article class="card">') == 3
    assert text.index("nothing may act on it") > text.index("may be acted on")


def test_the_sentence_is_seen_at_once_and_how_it_was_decided_behind_details(tmp_path: Path) -> None:
    said = msgspec.structs.replace(
        FINDING, sentence_zh="一小时内呼叫 31 人。", sentence_en="Called 31 people within an hour.", mode=Mode.LIVE
    )
    text = report(tmp_path, said, suspects_by_maturity={"live": 1})
    card = text[text.index('<article class="card">') :]
    assert text.index("Called 31 people within an hour.") < text.index("What to do next") < text.index("<article")
    assert card.index("一小时内呼叫 31 人。") < card.index("<details>") < card.index("理由")
    assert card[: card.index("</article>")].count("Called 31 people") == 1


def test_only_the_first_subjects_of_the_first_list_are_unfolded(tmp_path: Path) -> None:
    many = [msgspec.structs.replace(FINDING, subject=f"+861990000000{n}", mode=Mode.LIVE) for n in range(5)]
    shadow = msgspec.structs.replace(FINDING, subject="+8619900000009")
    text = report(tmp_path, *many, shadow, suspects=6, suspects_by_maturity={"live": 5, "shadow": 1})
    first, others = text.split('<details class="rest"><summary>', 1)
    assert first.count("<article") == 3 and others.count("<article") == 3
    assert "The other 2" in others and "Show the list" in others


def test_victims_of_rules_on_trial_stand_apart_from_those_of_live_ones(tmp_path: Path) -> None:
    victim = msgspec.structs.replace(FINDING, fraud_type="victim_at_risk", subject="+8619900000004")
    certain = msgspec.structs.replace(victim, subject="+8619900000005", mode=Mode.LIVE)
    text = report(tmp_path, victim, certain, suspects=0, to_warn=2)
    people = text[text.index("People to warn</span></h2>") : text.index("Suspects</span></h2>")]
    assert people.count('class="maturity"') == 2


def test_a_report_of_many_findings_stays_below_its_size_and_says_where_the_rest_is(tmp_path: Path) -> None:
    many = [
        finding(
            subject_kind="phone_number",
            subject=f"+86199{n:08d}",
            score=1 - n / 1_000,
            mode=Mode.LIVE,
            reasons_zh=("很长的理由" * 900,),
            reasons_en=("a long reason " * 900,),
        )
        for n in range(250)
    ]
    page = report(tmp_path, *many, suspects=250, suspects_by_maturity={"live": 250})
    shown = page.count('<article class="card">')
    assert len(page.encode()) <= MAX_BYTES
    assert len(page.encode()) > MAX_BYTES / 2
    assert 1 < shown < 250
    assert f"{shown} / " in page
    assert f"+ {250 - shown} " in page
    assert "more subjects in findings.parquet" in page


def test_a_report_that_fits_lists_all(tmp_path: Path) -> None:
    page = report(tmp_path, FINDING, suspects_by_maturity={"live": 1})
    assert "more subjects in findings.parquet" not in page
