"""Figures are written as Prometheus reads them, tell zero from missing, and cannot be made to grow from outside."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.base.words import Words
from fanzha.screen.metric_types import BOUNDS_NS, MAX_SERIES, OTHER, Counter, Gauge, Histogram

TELLS = Words("试验", "a trial")


def test_a_series_whose_labels_are_known_stands_at_zero_from_the_start() -> None:
    counter = Counter("made_up_total", TELLS, {"door": ("sip", "http")})
    assert list(counter.lines()) == [
        "# HELP made_up_total a trial 试验",
        "# TYPE made_up_total counter",
        'made_up_total{door="sip"} 0',
        'made_up_total{door="http"} 0',
    ]


def test_whoever_counts_keeps_the_series_and_adds_to_it() -> None:
    counter = Counter("made_up_total", TELLS)
    counter.series_for().value += 2
    assert counter.series_for() is counter.series_for() and list(counter.lines())[-1] == "made_up_total 2"


@pytest.mark.parametrize("values", [(), ("sip", "more"), ("fax",)])
def test_a_series_that_cannot_be_is_a_mistake_of_ours(values: tuple[str, ...]) -> None:
    counter = Counter("made_up_total", TELLS, {"door": ("sip",)})
    with pytest.raises(ValueError, match="made_up_total has no series"):
        counter.series_for(*values)


def test_open_labels_do_not_grow_without_end() -> None:
    counter = Counter("made_up_total", TELLS, {"trunk": (), "door": ("sip",)})
    for number in range(3 * MAX_SERIES):
        counter.series_for(f"T{number}", "sip").value += 1
    assert len(counter.series) == MAX_SERIES
    assert counter.series_for("T5", "sip").value == 1
    assert counter.series_for(OTHER, "sip").value == 2 * MAX_SERIES + 1
    assert sum(item.value for item in counter.series.values()) == 3 * MAX_SERIES


def test_label_values_cannot_break_out_of_their_quotes() -> None:
    counter = Counter("made_up_total", TELLS, {"trunk": ()})
    counter.series_for('a"\n\\').value += 1
    assert list(counter.lines())[-1] == 'made_up_total{trunk="a\\"\\n\\\\"} 1'


@pytest.mark.parametrize(
    ("value", "text"), [(1.5, "1.5"), (float("inf"), "+Inf"), (float("-inf"), "-Inf"), (float("nan"), "NaN")]
)
def test_numbers_are_written_as_prometheus_reads_them(value: float, text: str) -> None:
    gauge = Gauge("made_up", TELLS)
    gauge.series_for().value = value
    assert list(gauge.lines())[-1] == f"made_up {text}"


def test_a_gauge_may_ask_for_its_number_when_it_is_read() -> None:
    ages = iter((3, 4))
    gauge = Gauge("made_up", TELLS, {"site": ()})
    gauge.set_function(lambda: next(ages), "east")
    assert [list(gauge.lines())[-1] for _ in "12"] == ['made_up{site="east"} 3', 'made_up{site="east"} 4']


def test_a_duration_at_a_bound_lies_below_it() -> None:
    histogram = Histogram("made_up_seconds", TELLS)
    histogram.series_for().add(BOUNDS_NS[0])
    histogram.series_for().add(BOUNDS_NS[0] + 1)
    lines = list(histogram.lines())
    assert lines[2:4] == ['made_up_seconds_bucket{le="1e-05"} 1', 'made_up_seconds_bucket{le="2.5e-05"} 2']
    assert lines[-3:] == [
        'made_up_seconds_bucket{le="+Inf"} 2',
        "made_up_seconds_sum 2.0001e-05",
        "made_up_seconds_count 2",
    ]


@given(st.lists(st.integers(0, 10**11)))
def test_buckets_count_what_is_not_above_their_bound(durations: list[int]) -> None:
    histogram = Histogram("made_up_seconds", TELLS)
    for duration in durations:
        histogram.series_for().add(duration)
    buckets = [int(line.rsplit(" ", 1)[1]) for line in histogram.lines() if "_bucket" in line]
    assert buckets == [sum(item <= bound for item in durations) for bound in (*BOUNDS_NS, 10**12)]


def test_a_truth_value_is_told_as_a_number() -> None:
    gauge = Gauge("connected", Words("在线", "connected"))
    gauge.set_function(lambda: True)
    assert list(gauge.lines())[-1] == "connected 1"
