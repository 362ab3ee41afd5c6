"""Figures in words: intervals and cases stand with each share, and too few cases are not compared."""

from fanzha.base.words import Words
from fanzha.command.bulletins.comparison import Places
from fanzha.command.bulletins.measures import Count
from fanzha.command.bulletins.wordings import (
    write_change,
    write_changes,
    write_place,
    write_places,
    write_share,
    write_types,
)


def test_a_share_stands_with_its_interval_and_cases() -> None:
    assert write_share(Count(98, 100)).zh == "98.00%（98/100件，95%置信区间93.00%至99.45%）"
    assert "fewer than 30, not compared" in write_share(Count(9, 10)).en
    assert write_share(Count(0, 0)).en == "none (no such cases)"


def test_a_change_says_whether_it_is_clear() -> None:
    assert write_change(Count(30, 100), Count(60, 100)).zh.startswith("下降30.00个百分点（95%置信区间−")
    assert write_change(Count(61, 100), Count(60, 100)).en.startswith("no clear change (+1.00 percentage points")
    assert write_change(Count(29, 29), Count(60, 100)).zh == "样本不足，不作比较"


def test_only_clear_changes_are_listed() -> None:
    counts = {"handled": (Count(90, 100), Count(50, 100)), "reopened": (Count(5, 100), Count(6, 100))}
    words = write_changes(counts)
    assert words.zh.startswith("与上月相比，举报办结率上升40.00个百分点") and "重办率" not in words.zh
    assert "reports handled up 40.00 percentage points" in words.en
    assert write_changes({"handled": (Count(1, 2), Count(1, 2))}).en.startswith("There are too few cases")


def test_overlapping_companies_cannot_be_told_apart() -> None:
    assert write_place(Places(1, 3), 3).zh == "与其他企业无法区分"
    assert write_place(None, 3).en == "not ranked"
    names = {"a": Words("甲", "A"), "b": Words("乙", "B")}
    ranked = {"handled": {"a": Places(1, 1), "b": Places(2, 2)}, "warned": {"a": Places(1, 2), "b": Places(1, 2)}}
    words = write_places(ranked, names)
    assert (
        words.zh
        == "举报办结率：甲第1位（共2家）；乙第2位（共2家）。预警联系到本人的比例：2家企业的区间重叠，无法区分。"
    )
    assert write_places({"handled": {}}, names).zh.startswith("没有两家以上企业")


def test_types_that_are_not_recognised_are_not_named() -> None:
    assert (
        write_types([["", 9], ["fake_invest", 4], ["romance", 2]]).zh == "虚假网络投资理财（4件）、网络婚恋交友（2件）"
    )
    assert write_types([["", 9]]).en == "none was recognised this month"
