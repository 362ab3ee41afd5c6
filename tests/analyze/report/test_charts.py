"""Charts are well-formed SVG whose marks follow the numbers."""

from xml.etree import ElementTree

from fanzha.analyze.report.charts import Bar, IntervalPoint, bar_chart, column_chart, interval_chart, paired_columns
from fanzha.base.words import Words

SVG = "{http://www.w3.org/2000/svg}"


def rectangles(svg: str) -> list[ElementTree.Element]:
    return list(
        ElementTree.fromstring(svg.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"')).iter(f"{SVG}rect")
    )


def test_bars_are_as_long_as_their_numbers() -> None:
    long, short = rectangles(bar_chart([Bar(Words("甲", "a"), 100), Bar(Words("乙", "b"), 50)]))
    assert float(long.attrib["width"]) == 2 * float(short.attrib["width"])


def test_a_hostile_label_stays_text() -> None:
    assert len(rectangles(bar_chart([Bar(Words("<rect/>", "</svg><script>"), 1)]))) == 1


def test_columns_are_as_tall_as_their_numbers() -> None:
    first, second = rectangles(column_chart([4, 2], "from", "to"))
    assert float(first.attrib["height"]) == 2 * float(second.attrib["height"])


def test_a_limit_is_a_line_at_its_height_and_columns_keep_their_scale_below_it() -> None:
    svg = ElementTree.fromstring(column_chart([2, 1], "from", "to", limit=4))
    (line,) = svg.iter("line")
    (tall, short) = (float(one.attrib["height"]) for one in svg.iter("rect"))
    base = float(line.attrib["y1"]) + 2 * tall
    assert tall == 2 * short and base == 120


def test_nothing_to_show_gives_nothing() -> None:
    assert bar_chart([]) == column_chart([], "", "") == ""


def test_values_with_intervals_are_columns_with_lines_and_the_last_is_marked() -> None:
    svg = ElementTree.fromstring(
        interval_chart([IntervalPoint("a", 2, 1, 4), IntervalPoint("b", 4, 2, 8)], mark_last=True)
    )
    first, last = svg.iter("rect")
    assert float(last.attrib["height"]) == 2 * float(first.attrib["height"]) and last.attrib["class"] == "last"
    line = list(svg.iter("line"))[1]
    assert float(line.attrib["y1"]) < float(last.attrib["y"]) < float(line.attrib["y2"])


def test_two_distributions_are_pairs_on_one_scale() -> None:
    earlier, current, *_ = rectangles(paired_columns([0.5, 0.5], [1.0, 0.0], "0", "1"))
    assert (
        float(earlier.attrib["height"]) == 2 * float(current.attrib["height"]) and earlier.attrib["class"] == "before"
    )
    assert paired_columns([], [], "", "") == interval_chart([]) == ""
