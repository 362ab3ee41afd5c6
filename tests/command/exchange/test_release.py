"""The gate lets out what marking, licence, kind and country allow, and nothing goes abroad without a gate for it."""

from collections.abc import Iterable
from datetime import UTC, datetime
from types import ModuleType

import pytest
from tests.share.shared_items import OF_EACH_KIND, campaign, verdict

from fanzha.base.marking import Marking
from fanzha.base.words import Words
from fanzha.command.exchange import release as release_module
from fanzha.command.exchange.release import (
    Destination,
    ForeignReader,
    Passage,
    SharedItem,
    WithheldReason,
    open_passage,
    release,
)
from fanzha.share.items import SharedVerdict

HOME = Destination("a", Marking.AMBER)
ABROAD = Destination("b", Marking.AMBER, is_abroad=True)
KINDS_ABROAD = {"app", "website", "kit", "number_range", "campaign"}
SITE = verdict("website", "login.example.com")


@pytest.mark.parametrize(
    ("marking", "ceiling", "reason"),
    [
        (Marking.RED, Marking.AMBER_STRICT, WithheldReason.RED),
        (Marking.AMBER_STRICT, Marking.AMBER, WithheldReason.MARKING),
        (Marking.AMBER, Marking.GREEN, WithheldReason.MARKING),
        (Marking.AMBER_STRICT, Marking.AMBER_STRICT, None),
        (Marking.CLEAR, Marking.GREEN, None),
    ],
)
def test_markings_above_the_ceiling_stay(marking: Marking, ceiling: Marking, reason: WithheldReason | None) -> None:
    found = release([verdict("website", "a.example.com", marking=marking)], Destination("a", ceiling))
    assert dict(found.withheld) == ({reason: 1} if reason else {}) and len(found.items) == (0 if reason else 1)


def test_numbers_never_go_abroad_whatever_a_gate_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release_module, "app_modules", lambda name: iter([_gate(None)]))
    kinds = [verdict(kind, "x") for kind in ("phone_number", "device", "account", "sender")]
    found = release([*kinds, SITE], ABROAD)
    assert found.items == [SITE] and dict(found.withheld) == {WithheldReason.PERSONAL_DATA: 4}


def test_only_links_hashes_and_campaigns_go_abroad(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release_module, "app_modules", lambda name: iter([_gate(None)]))
    items: list[SharedItem] = [verdict(kind, value) for kind, value in OF_EACH_KIND.items()]
    found = release([*items, campaign()], ABROAD)
    assert {getattr(item, "subject_kind", "campaign") for item in found.items} == KINDS_ABROAD


def test_a_text_that_may_hold_a_number_stays_and_a_value_or_title_that_may_keeps_it_all_here(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(release_module, "app_modules", lambda name: iter([_gate(None)]))
    items: list[SharedItem] = [
        verdict("website", "a.example.com", reason=Words("客服１７００００００００１", "a bank"), ingress="GW-7"),
        verdict("website", "17000000001.example.com"),
        campaign(title=Words("一七〇〇〇〇〇〇〇〇一团伙", "a campaign")),
        verdict("website", "b.example.com", licence="ask tel:+8617000000001"),
    ]
    found = release(items, ABROAD)
    (left,) = found.items
    assert isinstance(left, SharedVerdict) and not any(left.reason) and not left.ingress
    assert dict(found.withheld) == {WithheldReason.PERSONAL_DATA: 3}
    assert release(items[:1], HOME).items == items[:1]


def test_without_a_gate_or_against_it_nothing_goes_abroad(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = _gate(WithheldReason.FOREIGN_GATE)
    for gates in ([], [refused], [_gate(None), refused]):
        monkeypatch.setattr(release_module, "app_modules", lambda name, found=gates: iter(found))
        assert dict(release([SITE, campaign()], ABROAD).withheld) == {WithheldReason.FOREIGN_GATE: 2}


def test_a_reader_passes_where_every_gate_lets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    at, reader = datetime(2026, 11, 2, tzinfo=UTC), ForeignReader(1, 2, 3, "takedown")
    for gates, expected in (
        ([], frozenset()),
        ([_gate(None)], {"link", "file_hash"}),
        ([_gate(None), _gate(None, {"link"})], {"link"}),
        ([_gate(None), _gate(WithheldReason.FOREIGN_GATE)], frozenset()),
    ):
        monkeypatch.setattr(release_module, "app_modules", lambda name, found=gates: iter(found))
        passage = open_passage(reader, at)
        assert passage.kinds == expected and passage.is_open == bool(expected) and (passage.is_open or passage.why.zh)


def test_people_and_made_up_data_stay() -> None:
    found = release([verdict("person", "x"), verdict("website", "a.example.com", simulated=True)], HOME)
    assert dict(found.withheld) == {WithheldReason.KIND: 1, WithheldReason.SIMULATED: 1}


def _gate(answer: WithheldReason | None, kinds: Iterable[str] = ("link", "file_hash")) -> ModuleType:
    module = ModuleType("gate")
    passage = Passage("", frozenset(), Words("无", "none")) if answer else Passage("A1", frozenset(kinds))
    module.may_leave = lambda items, destination: [answer] * len(items)  # type: ignore[attr-defined]
    module.open_passage = lambda reader, at: passage  # type: ignore[attr-defined]
    return module
