"""The gate lets out what marking, licence, kind and country allow, and nothing goes abroad without a gate for it."""

from types import ModuleType

import pytest
from tests.share.shared_items import campaign, verdict

from fanzha.base.marking import Marking
from fanzha.command.exchange import release as release_module
from fanzha.command.exchange.release import Destination, WithheldReason, release

HOME = Destination("a", Marking.AMBER)
ABROAD = Destination("b", Marking.AMBER, is_abroad=True)
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
    monkeypatch.setattr(release_module, "app_modules", lambda name: iter([_gate(True)]))
    kinds = [verdict(kind, "x") for kind in ("phone_number", "device", "account", "sender")]
    found = release([*kinds, SITE], ABROAD)
    assert found.items == [SITE] and dict(found.withheld) == {WithheldReason.PERSONAL_DATA: 4}


def test_without_a_gate_or_against_it_nothing_goes_abroad(monkeypatch: pytest.MonkeyPatch) -> None:
    for gates in ([], [_gate(False)], [_gate(True), _gate(False)]):
        monkeypatch.setattr(release_module, "app_modules", lambda name, found=gates: iter(found))
        assert dict(release([SITE, campaign()], ABROAD).withheld) == {WithheldReason.FOREIGN_GATE: 2}


def test_people_and_made_up_data_stay() -> None:
    found = release([verdict("person", "x"), verdict("website", "a.example.com", simulated=True)], HOME)
    assert dict(found.withheld) == {WithheldReason.KIND: 1, WithheldReason.SIMULATED: 1}


def _gate(answer: bool) -> ModuleType:
    module = ModuleType("gate")
    module.may_leave = lambda item, destination: answer  # type: ignore[attr-defined]
    return module
