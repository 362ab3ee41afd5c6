"""Charts are well-formed SVG whose marks follow the numbers."""

from xml.etree import ElementTree

from fanzha.analyze.report.charts import Bar, bar_chart, column_chart
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
