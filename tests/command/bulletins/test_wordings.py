"""Figures in words: intervals and counts stand with each value, and too few cases are not compared."""

from tests.command.bulletins.test_comparison import rate, share

from fanzha.base.words import Words
from fanzha.command.bulletins.comparison import Places
from fanzha.command.bulletins.stated_figures import StatedFigure
from fanzha.command.bulletins.wordings import (
    write_change,
    write_changes,
    write_figure,
    write_place,
    write_places,
    write_types,
)


def test_a_figure_stands_with_its_interval_and_counts() -> None:
    assert write_figure(share(98, 100)).zh == "98.00%（98/100件，95%置信区间93.00%至99.45%）"
    assert "fewer than 30, not compared" in write_figure(share(9, 10)).en
    assert write_figure(StatedFigure("report_settled", 0, 0, 0)).en == "none (no such cases)"
    words = write_figure(rate(40, 2_000_000))
    assert words.zh.startswith("20.00 件/百万用户（40件÷2,000,000，95%置信区间14.29 件/百万用户至")
    assert "a number is missing" in write_figure(StatedFigure("reports_per_million", 4, None, 4)).en
    assert "a number is missing" in write_figure(StatedFigure("reports_per_million", 4, 2_000_000, 4)).en


def test_a_change_says_whether_it_is_clear() -> None:
    assert write_change(share(30, 100), share(60, 100)).zh.startswith("下降30.00个百分点（95%置信区间−")
    assert write_change(share(61, 100), share(60, 100)).en.startswith("no clear change (+1.00 percentage points")
    assert write_change(rate(90, 1_000_000), rate(40, 1_000_000)).en.startswith(
        "up 50.00 per million subscribers (95 %"
    )
    assert write_change(share(29, 29), share(60, 100)).zh == "样本不足或无上月通报，不作比较"
    assert write_change(share(60, 100), None).en == "too few cases or no bulletin of the month before"


def test_only_clear_changes_are_listed() -> None:
    pairs = [
        (share(90, 100), share(50, 100)),
        (share(5, 100, "report_recheck"), share(6, 100, "report_recheck")),
    ]
    words = write_changes(pairs)
    assert words.zh.startswith("与上月相比，举报办结率上升40.00个百分点") and "重办率" not in words.zh
    assert "reports handled up 40.00 percentage points" in words.en
    assert write_changes([(share(1, 2), share(1, 2))]).en.startswith("There are too few cases")


def test_overlapping_companies_cannot_be_told_apart() -> None:
    assert write_place(Places(1, 3), 3).zh == "与其他企业无法区分"
    assert write_place(None, 3).en == "not ranked"
    names = {"a": Words("甲", "A"), "b": Words("乙", "B")}
    ranked = {
        "report_settled": {"a": Places(1, 1), "b": Places(2, 2)},
        "warning_reach": {"a": Places(1, 2), "b": Places(1, 2)},
    }
    words = write_places(ranked, names)
    assert words.zh == "举报办结率：甲第1位（共2家）；乙第2位（共2家）。预警送达率：2家企业的区间重叠，无法区分。"
    assert write_places({"report_settled": {}}, names).zh.startswith("没有两家以上企业")


def test_types_that_are_not_recognised_are_not_named() -> None:
    assert (
        write_types([["", 9], ["fake_invest", 4], ["romance", 2]]).zh == "虚假网络投资理财（4件）、网络婚恋交友（2件）"
    )
    assert write_types([["", 9]]).en == "none was recognised this month"
