"""Each figure is named once, in the way of Prometheus, and told in both languages."""

import importlib
import json
import re
import time
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from fanzha.screen.metric_types import Counter, Gauge, Histogram
from fanzha.screen.metrics import Metrics


def test_names_are_those_that_prometheus_expects() -> None:
    families = Metrics().families
    names = [family.name for family in families]
    assert len(set(names)) == len(names)
    assert [name for name in names if not re.fullmatch(r"(fanzha_screen|process)_[a-z_]+", name)] == []
    counters = [family.name for family in families if isinstance(family, Counter) and not isinstance(family, Gauge)]
    assert [name for name in counters if not name.endswith("_total")] == []
    assert [f.name for f in families if isinstance(f, Histogram) and not f.name.endswith("_seconds")] == []


def test_every_figure_is_told_in_both_languages() -> None:
    tells = [family.tells for family in Metrics().families]
    assert [
        words for words in tells if not re.search(r"[一-鿿]", words.zh) or not re.search(r"[a-z]{2}", words.en)
    ] == []


def test_the_text_has_one_line_a_figure_and_ends_with_a_line_end() -> None:
    text = Metrics().text().decode()
    assert text.endswith("\n") and not text.endswith("\n\n")
    figure = re.compile(r'[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? \S+')
    assert [line for line in text.splitlines() if line[0] != "#" and not figure.fullmatch(line)] == []


def test_the_process_is_told_as_it_is() -> None:
    figures = dict(line.rsplit(" ", 1) for line in Metrics().text().decode().splitlines() if line[0] != "#")
    assert 10**7 < float(figures["process_resident_memory_bytes"]) < 10**11
    assert float(figures["process_open_fds"]) > 2
    assert 0 < float(figures["process_cpu_seconds_total"]) <= time.process_time()
    assert abs(float(figures["process_start_time_seconds"]) - time.time()) < 60


DATA = files("fanzha.screen") / "data"
FAMILIES = {family.name: family for family in Metrics().families}
#: Labels that Prometheus adds, and the one of buckets.
ADDED = {"instance", "job", "le"}


def alerts() -> list[dict[str, Any]]:
    """The alert rules as Prometheus reads them."""
    read: Any = importlib.import_module("yaml").safe_load
    (group,) = read((DATA / "prometheus-alerts.yml").read_text("utf-8"))["groups"]
    rules: list[dict[str, Any]] = group["rules"]
    return rules


def panels() -> list[dict[str, Any]]:
    """The panels of the dashboard that show something."""
    dashboard = json.loads((DATA / "grafana-screens.json").read_text("utf-8"))
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def test_every_trunk_figure_is_on_the_dashboard_and_silence_of_feeds_and_trunks_is_an_alert() -> None:
    shown = " ".join(target["expr"] for panel in panels() for target in panel["targets"])
    named = [family.name for family in Metrics().families if "trunk" in family.labels or "feed" in family.labels]
    assert len(named) > 6 and [name for name in named if name not in shown] == []
    silent = {rule["alert"]: rule["expr"] for rule in alerts() if rule["alert"].endswith("Silent")}
    assert "feed_silence_seconds" in silent["FanzhaFeedSilent"]
    assert "trunk_calls_total" in silent["FanzhaTrunkSilent"] and "offset 1d" in silent["FanzhaTrunkSilent"]


def test_labels_of_trunks_are_bounded_by_the_settings() -> None:
    metrics = Metrics([f"T-{number}" for number in range(5)])
    lines = {line for line in metrics.text().decode().splitlines() if 'trunk="' in line}
    trunks = {line.partition('trunk="')[2].partition('"')[0] for line in lines}
    assert trunks == {*(f"T-{number}" for number in range(5)), "other"}


def expressions() -> Iterator[str]:
    """Every expression of dashboard and alert rules."""
    yield from (rule["expr"] for rule in alerts())
    yield from (target["expr"] for panel in panels() for target in panel["targets"])


def family_of(name: str) -> Counter | Histogram | None:
    """Return the family of a series; those of a histogram have endings."""
    plain = re.sub(r"_(bucket|sum|count)$", "", name)
    values = FAMILIES.get(plain) if name != plain else FAMILIES.get(name)
    return values if values is None or isinstance(values, Histogram) is (name != plain) else None


@pytest.mark.parametrize("expression", sorted(set(expressions())))
def test_dashboard_and_alert_rules_name_only_figures_labels_and_values_that_exist(expression: str) -> None:
    assert [expression.count(sign) for sign in "({["] == [expression.count(sign) for sign in ")}]"]
    named = re.findall(r"\b((?:fanzha_screen|process)_[a-z_]+|up)\b(?:\{([^}]*)\})?", expression)
    assert named
    labels = set(ADDED)
    for name, matchers in named:
        family = family_of(name)
        assert family is not None or name == "up", name
        names = dict(family.labels) if family else {}
        labels |= set(names)
        for label, value in re.findall(r'([a-z]+)(?:=~|!~|!=|=)"([^"]*)"', matchers):
            assert label in names or label in ADDED, (name, label)
            values = names.get(label, ())
            assert not values or set(value.split("|")) <= set(values), (name, label, value)
    grouped = re.findall(r"\bby \(([^)]*)\)", expression)
    assert {label.strip() for each in grouped for label in each.split(",")} <= labels


def test_every_alert_says_in_both_languages_what_is_wrong_and_what_to_do() -> None:
    names = [rule["alert"] for rule in alerts()]
    assert len(set(names)) == len(names)
    for rule in alerts():
        assert rule["labels"]["severity"] in ("page", "ticket")
        for text in (rule["annotations"]["summary"], rule["annotations"]["description"]):
            assert re.search(r"[一-鿿]", text) and re.search(r"[A-Za-z]{3}", text), rule["alert"]


def test_the_dashboard_has_a_place_and_a_name_for_every_panel() -> None:
    places = [tuple(panel["gridPos"][side] for side in "xy") for panel in panels()]
    assert len(set(places)) == len(places)
    assert all(panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24 for panel in panels())
    assert len({panel["title"] for panel in panels()}) == len(panels())


def test_every_figure_is_counted_by_somebody() -> None:
    package = Path(str(files("fanzha.screen")))
    others = "".join(path.read_text("utf-8") for path in package.rglob("*.py") if path.name != "metrics.py")
    named = [name for name, value in vars(Metrics()).items() if isinstance(value, Counter | Histogram)]
    assert len(named) > 25
    assert [name for name in named if not re.search(rf"metrics\.{name}\b", others)] == []
