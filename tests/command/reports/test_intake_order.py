"""Reports compete by turns of their networks, operators and likeness; each group of reporters has its reserve."""

from collections import Counter
from typing import Any

from fanzha.command.reports.intake_order import Merit, OpenedCounts, ReporterGroup, crowd_key, crowd_keys, order_reports
from fanzha.command.reports.models import Report


def merit(name: str, evidence: int = 0, crowd: str = "", weight: float = 0.6, **more: Any) -> Merit:
    fields = {"grade": "fraud", "block": name, "wide_block": name, "receipt": name, **more}
    return Merit(Report(**fields), evidence, weight, crowd or name)


def order(*merits: Merit, opened: OpenedCounts | None = None) -> list[str]:
    return [merit.report.receipt for merit in order_reports(merits, opened or OpenedCounts())]


def test_networks_take_turns() -> None:
    assert order(merit("a1", block="a"), merit("a2", block="a"), merit("b")) == ["a1", "b", "a2"]
    assert order(merit("a"), merit("b"), opened=OpenedCounts(of_block=Counter("a"))) == ["b", "a"]


def test_the_second_of_an_operator_and_of_a_likeness_come_later() -> None:
    assert order(merit("a", wide_block="w"), merit("b", wide_block="w"), merit("c")) == ["a", "c", "b"]
    assert order(merit("a", crowd="same"), merit("b", crowd="same"), merit("c")) == ["a", "c", "b"]


def test_evidence_then_weight_then_work_come_first_within_a_turn() -> None:
    reports = [merit("a"), merit("b", work=18), merit("c", weight=0.9), merit("d", evidence=1)]
    assert order(*reports) == ["d", "c", "b", "a"]


def test_each_group_has_a_quarter_and_the_rest_is_for_whoever_comes() -> None:
    counts = OpenedCounts(seen_blocks=frozenset({"known"}))
    assert counts.group_of("known", "paid") is ReporterGroup.SEEN
    assert (counts.group_of("new", "paid"), counts.group_of("new", "fraud")) == (ReporterGroup.PAID, ReporterGroup.NEW)
    for _ in range(8):
        assert counts.has_room(ReporterGroup.PAID, 16, is_backed=True)
        counts.of_group[ReporterGroup.PAID] += 1
    assert not counts.has_room(ReporterGroup.PAID, 16, is_backed=True)
    counts.of_group[ReporterGroup.NEW] += 3
    assert all(counts.has_room(group, 16, is_backed=True) for group in (ReporterGroup.NEW, ReporterGroup.SEEN))
    counts.of_group[ReporterGroup.NEW] += 1
    assert not counts.has_room(ReporterGroup.NEW, 16, is_backed=True)


def test_half_of_the_room_of_a_group_is_for_reports_with_evidence_or_more_work() -> None:
    counts, plain, worked = OpenedCounts(), merit("a", work=14), merit("b", work=18)
    assert not plain.is_backed(14) and worked.is_backed(14) and merit("c", evidence=2).is_backed(14)
    for _ in range(4):
        assert counts.has_room(ReporterGroup.NEW, 16, is_backed=False)
        counts.count(plain, 14)
    assert not counts.has_room(ReporterGroup.NEW, 16, is_backed=False)
    assert counts.has_room(ReporterGroup.NEW, 16, is_backed=True)


def test_reports_look_alike_by_their_text_else_by_the_beginning_of_what_they_name() -> None:
    texts = [Report(text="Pay 5", text_key="k1"), Report(text="Pay 6 now", text_key="k2"), Report(category="call")]
    assert crowd_keys(texts, [1, 1, 2]) == ["text:k1", "text:k1", "call:"]
    assert crowd_key("", "call", "phone_number", "+8617012345678") == "call:+861701"
    assert crowd_key("", "link", "website", "a.b.example") == crowd_key("", "link", "website", "c.b.example")
