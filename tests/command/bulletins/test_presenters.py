"""Tables for readers: who cannot be told apart stands by name, and small numbers say so."""

from typing import Any

from fanzha.command.bulletins.presenters import opinion_title, present_measures, present_publication, reply_title
from fanzha.command.bulletins.stated_figures import MEASURES


def _figure(company: str, part: int, whole: int, **more: Any) -> dict[str, Any]:
    row: dict[str, Any] = {"company": company, "measure": "report_settled", "part": part, "whole": whole, "ranked": 2}
    row |= {"n": whole, "value": 100 * part / whole, "low": 10.0, "high": 90.0}
    row |= dict.fromkeys(("before_n", "before_value", "before_low", "before_high"))
    return row | {"best_place": None, "worst_place": None, **more}


def test_companies_stand_by_their_places_then_by_name_and_never_by_counts() -> None:
    figures = [
        _figure("", 150, 400),
        _figure("b", 90, 300, best_place=1, worst_place=2),
        _figure("a", 50, 90, best_place=1, worst_place=2),
        _figure("c", 10, 10),
    ]
    names = {"a": "Alpha", "b": "Beta", "c": "Gamma"}
    tables = {table.name: table for table in present_measures(figures, names)}
    rows = tables["report_settled"].rows
    assert [row.name for row in rows] == ["Alpha", "Beta", "Gamma", "All together"]
    assert rows[2].is_few and rows[2].place == "not ranked" and rows[0].place == "cannot be told apart"
    assert tuple(tables) == MEASURES


def test_a_publication_is_shown_in_the_language_of_the_reader() -> None:
    text = [
        {"section": "title", "heading": "", "body": "A bulletin"},
        {"section": "company", "heading": "5", "body": ""},
    ]
    reply = {"state": "silent", "opinion": "", "text": "", "counter_figures": []}
    content = {
        "ref": "R",
        "month": "2026-10",
        "owner": {"ref": "O", "zh": "甲", "en": "A"},
        "text": {"zh": text, "en": text},
        "figures": [],
        "companies": [{"ref": "a", "zh": "乙", "en": "B", "text": {"zh": "文", "en": "text"}, "reply": reply}],
    }
    shown = present_publication(content, [{"at": "2026-11-20T00:00:00+00:00", "zh": "更正", "en": "corrected"}])
    assert shown.title == "A bulletin" and shown.owner == "A" and shown.notices[0].text == "corrected"
    assert shown.sections[0].companies[0].reply.state == "No reply in time"
    assert opinion_title("") == "" and reply_title("asked") == "Reply is due"
