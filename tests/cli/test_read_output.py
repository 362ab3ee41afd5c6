"""A source is shown on a terminal with its columns, events, counts, reasons and notes, whatever stands in them."""

import io

from rich.console import Console

from fanzha.base.words import Words
from fanzha.cli._read_output import print_understanding
from fanzha.read._inspection import InspectedColumn, SourceInspection


def shown(understanding: SourceInspection) -> str:
    console = Console(width=160, record=True, file=io.StringIO())
    print_understanding(console, understanding)
    return console.export_text()


def test_everything_that_is_known_is_shown() -> None:
    text = shown(
        SourceInspection(
            path="x/[bold]a.csv",
            format="delimited-text",
            table="calls",
            by="proposal",
            encoding="gb18030",
            delimiter="|",
            header=0,
            columns=[InspectedColumn("主叫[/]", "caller", 0.75, ["191******01"]), InspectedColumn("备注")],
            read=1_000,
            used=990,
            rejected=9,
            waiting=1,
            whole=False,
            first=0,
            last=1_000,
            events={"call_offered": 990},
            rows={"call_offered": [{"caller": "191******01", "event_id": "hidden"}]},
            reasons=[("not a time", "不是时间", 9)],
            notes=[Words("提示", "a note")],
        )
    )
    parts = [
        "x/[bold]a.csv",
        "主叫[/]",
        "75%",
        "191******01",
        "无 none",
        "1,000",
        "990",
        "只看了开头",
        "等待 waiting 1",
    ]
    parts += ["不是时间 not a time", "提示 a note", "call_offered 990", "1970-01-01T00:00:00.000Z"]
    assert [part for part in parts if part not in text] == []
    assert "hidden" not in text, "the envelope tells a reader nothing"


def test_a_source_that_cannot_be_read_says_why() -> None:
    text = shown(SourceInspection(path="a.bin", problem=Words("无法识别的格式", "no reader understands this file")))
    assert "无法识别的格式" in text and "no reader understands this file" in text
