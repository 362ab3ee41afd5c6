"""A chain is drawn with a ring a hop that shows how much of its time is used."""

from datetime import timedelta

import pytest
from django.utils import timezone

from fanzha.command.call_traceback.models import TracebackHop
from fanzha.command.call_traceback.presenters import draw_chain, present_hops, time_used

NOW = timezone.now()


def hop(**values: object) -> TracebackHop:
    plain = {
        "number": 1,
        "operator_name": "<b>",
        "asked_at": NOW - timedelta(hours=6),
        "due_at": NOW + timedelta(hours=6),
    }
    return TracebackHop(**plain | values)


@pytest.mark.parametrize(
    ("values", "share"),
    [
        ({}, 0.5),
        ({"due_at": NOW - timedelta(hours=3)}, 1.0),
        ({"answered_at": NOW - timedelta(hours=3)}, 0.25),
        ({"due_at": None}, 0.0),
        ({"due_at": None, "answered_at": NOW}, 1.0),
    ],
    ids=["half", "over", "answered", "no-clock", "no-clock-answered"],
)
def test_the_share_of_time_used(values: dict[str, object], share: float) -> None:
    assert time_used(hop(**values), NOW) == pytest.approx(share)


def test_the_drawing_escapes_names_and_has_its_table() -> None:
    chart = draw_chain([hop(), hop(number=2, due_at=NOW - timedelta(hours=1))], NOW)
    assert "&lt;b&gt;" in chart.svg and "<b>" not in chart.svg and "ring-late" in chart.svg
    assert len(chart.table.rows) == 2 and "late" in str(chart.table.rows[1][-1])


def test_a_card_says_why_it_ends() -> None:
    (card,) = present_hops([hop(state="ended", reason="foreign", meant="Carrier Abroad (SG)")], NOW, shown=False)
    assert {"Foreign operator; it is not asked by the system", "Carrier Abroad (SG)"} <= {
        str(fact.value) for fact in card.facts
    }
