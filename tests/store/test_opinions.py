"""Opinions and cases are read as JSON Lines or CSV, numbers and moments as people write them; mistakes are named."""

import json
import re
from pathlib import Path

import pytest

from fanzha.base.clock import moment_ms
from fanzha.base.errors import UsageError
from fanzha.claims.opinion import Opinion
from fanzha.claims.treatment import Treatment
from fanzha.claims.verdict import Case, CaseStatus, Level
from fanzha.store.opinions import read_cases, read_opinions

AT = moment_ms("2026-03-01")
SAID = {"organisation": "a made-up bank", "subject": "170 0000 0001", "level": "watch", "given_at": "2026-03-01"}


def lines(tmp_path: Path, *given: object) -> Path:
    path = tmp_path / "opinions.jsonl"
    path.write_text("\n".join(one if isinstance(one, str) else json.dumps(one) for one in given) + "\n", "utf-8")
    return path


def table(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "opinions.csv"
    path.write_text(text, "utf-8-sig")
    return path


def test_a_line_is_an_opinion(tmp_path: Path) -> None:
    more = {**SAID, "given_at": AT, "subject": "+8617000000002", "score": 0.4, "fraud_type": "brushing"}
    first, second = read_opinions(lines(tmp_path, SAID, "", more))
    assert first == Opinion(
        organization="a made-up bank",
        subject_kind="phone_number",
        subject="+8617000000001",
        level=Level.WATCH,
        given_at=AT,
    )
    assert (second.subject, second.score, second.fraud_type, second.given_at) == ("+8617000000002", 0.4, "brushing", AT)


def test_a_row_of_a_csv_is_one_too(tmp_path: Path) -> None:
    text = (
        "机构,对象类型,对象,结论,作出时间,有效期至,是否决定,处置,依据,分值\n"
        "虚构通管局,website,HTTP://Fraud.example/a,涉诈嫌疑,2026-03-01,2026-04-01,是,refuse,反诈法第13条,0.95\n"
    )
    (one,) = read_opinions(table(tmp_path, text))
    assert (one.subject_kind, one.subject, one.level) == ("website", "fraud.example", Level.SUSPECTED)
    assert (one.decision, one.treatment, one.score) == (True, Treatment.REFUSE, 0.95)
    assert one.until == moment_ms("2026-04-01")


def test_senders_and_calls_are_subjects_by_name(tmp_path: Path) -> None:
    (one,) = read_opinions(lines(tmp_path, {**SAID, "subject_kind": "sender", "subject": "【虚构】"}))
    assert one.subject == "【虚构】"


def test_police_cases_are_read_alike(tmp_path: Path) -> None:
    text = "号码,案件状态,公安机关,案件编号,立案时间\n95588,已立案,虚构派出所,7号,2026-03-01\n"
    assert list(read_cases(table(tmp_path, text))) == [
        Case(
            subject_kind="phone_number",
            subject="95588",
            status=CaseStatus.FILED,
            body="虚构派出所",
            reference="7号",
            at=AT,
        )
    ]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("{", "line 1: "),
        ({**SAID, "level": "guilty"}, "line 1: .*guilty"),
        ({**SAID, "subject": "not a number"}, "line 1: "),
        ({**SAID, "subject_kind": "planet"}, "there is no kind 'planet'"),
        ({**SAID, "given_at": "soon"}, "not a moment"),
        ({**SAID, "treatment": "refuse"}, "only a decision"),
        ({**SAID, "tpye": "x"}, "tpye"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, given: object, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        list(read_opinions(lines(tmp_path, given)))


def test_a_wrong_row_and_a_missing_file_are_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="row 2: "):
        list(read_opinions(table(tmp_path, "organisation,subject,level,given_at\nx,110,guilty,2026-03-01\n")))
    with pytest.raises(UsageError, match="cannot be read"):
        list(read_opinions(tmp_path / "none.jsonl"))


def test_the_opinion_of_the_reference_page_is_one(tmp_path: Path) -> None:
    page = Path(__file__).resolve().parents[2] / "docs" / "reference" / "verdicts.md"
    (example,) = re.findall(r"^```json\n(.*?)^```", page.read_text("utf-8"), re.M | re.S)
    (one,) = read_opinions(lines(tmp_path, json.dumps(json.loads(example))))
    assert one.decision and one.treatment is Treatment.REFUSE and one.basis == "ATF Art. 13"
