"""A report counts what the site knows of the subjects that a text would have hit."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from tests.command.detection_rules.factories import backtest_run, home, in_shadow
from tests.command.people import World
from tests.command.subjects.factories import AT, finding_row, subject

from fanzha.base.clock import to_ms
from fanzha.base.ids import digest
from fanzha.command.detection_rules.backtest_report import build_report
from fanzha.command.subjects.models import OpinionRow

NUMBERS = [f"+861700000000{number}" for number in range(1, 6)]
LATE = datetime(2026, 3, 2, 17, tzinfo=UTC)  # the next day in China


def version(text: str, label: str) -> dict[str, Any]:
    names = ("version", "hits", "subjects", "full_hits", "acted", "acted_subjects", "report_only")
    alarms = {"per_million_a_day": 2.0, "low": 1.0, "high": 3.0}
    budget = {"subjects_an_hour": 20, "share_of_trunk": None}
    more = {"file": f"{text[:8]}.rule", "label": label, "alarms": alarms, "budget": budget, "hours": [{"subjects": 4}]}
    return {**dict.fromkeys(names, 1), **more}


def write_files(folder: Path, text: str) -> None:
    shown = {"label": "burst v1", "kind": "phone_number", "subject": "+86 17•• 1", "moment": to_ms(AT), "score": 0.7}
    shown |= {
        "acts": True,
        "why_zh": "",
        "why_en": "",
        "windows_full": True,
        "reasons_zh": ["一", "二"],
        "reasons_en": ["a"],
    }
    source = {"first": to_ms(AT) - 1, "last": to_ms(LATE), "events": {"call_ended": 9}, "rejects": 2}
    account = {"versions": [version(text, "burst v1")], "comparisons": [], "shown": [shown], "input": source}
    (folder / "backtest.json").write_text(json.dumps(account))
    moments = [to_ms(AT)] * 4 + [to_ms(LATE)] * 2
    columns = {"rule": ["burst v1"] * 6, "subject_kind": ["phone_number"] * 6, "subject": [*NUMBERS, NUMBERS[0]]}
    pq.write_table(pa.table({**columns, "moment": moments}), folder / "hits.parquet")


def opinion(world: World, number: str, level: str, owner: str = "carrier", **changes: Any) -> None:
    values = {"level": level, "given_at": AT, "opinion_id": digest(number, level, owner), **changes}
    OpinionRow._base_manager.create(subject=subject(number), owner=world[owner], **values)


def test_what_is_known_of_the_subjects_is_counted(world: World, tmp_path: Path) -> None:
    text = in_shadow(world)
    (home() / "lists").mkdir(exist_ok=True)
    row = f"{NUMBERS[0]},trunk,LL-HOSPITAL-1,a made-up hospital,contract 7,\n"
    (home() / "lists" / "spared.csv").write_text("number,origin_kind,origin,owner,proof,until\n" + row)
    opinion(world, NUMBERS[0], "clear")
    opinion(world, NUMBERS[1], "suspected")
    opinion(world, NUMBERS[2], "suspected", "other_carrier")
    opinion(world, NUMBERS[3], "suspected", decision=True, withdrawn_at=AT)
    for number, detector in ((NUMBERS[1], "burst"), ("+8617000000009", "burst"), (NUMBERS[2], "another")):
        finding_row(world["carrier"], subject(number), detector=detector)
    write_files(tmp_path, text)
    report = build_report(backtest_run(world, text), tmp_path)
    assert report["known"] == {"spared": 1, "fraud": 1, "innocent": 1, "restored": 1}
    assert report["current"] == {"both": 1, "only_new": 4, "only_current": 1}
    assert report["tested"]["days"] == [["2026-03-02", 4, 4], ["2026-03-03", 2, 2]]
    assert (report["events"], report["rejects"], report["looked_up"], report["beside"]) == (9, 2, 5, None)
    assert report["examples"][0]["zh"] == ["一"]
