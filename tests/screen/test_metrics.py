"""Each figure is named once, in the way of Prometheus, and told in both languages."""

import re
import time

from fanzha.screen.meters import Counter, Gauge, Histogram
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
