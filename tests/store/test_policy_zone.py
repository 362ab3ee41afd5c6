"""The zone follows decisions, spares allowed names, ends decisions in time, and its history leads from any version."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fanzha.claims.policy_zone import NamePolicy, ZoneProfile
from fanzha.store.policy_zone import (
    HISTORY_MS,
    MOST_VERSIONS,
    NameDecision,
    PolicyZoneStore,
    ZoneTransfer,
    open_zone,
)

PROFILE = ZoneProfile("rpz.example")
NOW, LATER = 1_800_000_000_000, 1_900_000_000_000


def decided(*names: str, until: int = LATER) -> dict[str, NameDecision]:
    return {f"order/1/{name}": NameDecision(name, until) for name in names}


@pytest.fixture
def zone(tmp_path: Path) -> Iterator[PolicyZoneStore]:
    with open_zone(PROFILE, tmp_path) as store:
        yield store


def blocked(zone: PolicyZoneStore) -> set[str]:
    return {name for name, policy in zone.names() if policy is NamePolicy.BLOCK}


def test_a_decision_enters_the_zone_once_and_leaves_it_for_good(zone: PolicyZoneStore) -> None:
    first = zone.add(decided("a.example", "b.example"), NOW)
    assert first is not None and (first.added, first.removed) == (2, 0) and first.serial == NOW // 1000
    assert zone.add(decided("a.example"), NOW) is None
    second = zone.withdraw(["order/1/a.example"], NOW)
    assert second is not None and second.serial == first.serial + 1 and blocked(zone) == {"b.example"}
    assert zone.add(decided("a.example"), NOW) is None and blocked(zone) == {"b.example"}


def test_a_name_stays_while_another_decision_holds(zone: PolicyZoneStore) -> None:
    zone.add(decided("a.example") | {"other/1/x": NameDecision("a.example", LATER)}, NOW)
    assert zone.withdraw((), NOW, prefix="order/") is None and blocked(zone) == {"a.example"}
    assert zone.withdraw(["other/1/x"], NOW) is not None and blocked(zone) == set()


def test_a_decision_ends_by_itself_and_a_renewed_one_goes_on(zone: PolicyZoneStore) -> None:
    zone.add(decided("a.example", "b.example", until=NOW + 1_000), NOW)
    zone.add(decided("b.example", until=NOW + 9_000), NOW)
    assert zone.expire(NOW + 999) is None
    assert zone.expire(NOW + 1_000) is not None and blocked(zone) == {"b.example"}


def test_names_above_at_and_below_an_allowed_name_are_spared_until_it_is_no_longer_allowed(
    zone: PolicyZoneStore,
) -> None:
    zone.add(decided("bank.example", "www.bank.example", "example", "other.example", "notbank.example"), NOW)
    zone.allow(["bank.example"], NOW)
    assert blocked(zone) == {"other.example", "notbank.example"}
    assert zone.size() == (2, 1, 3) and zone.spared(10) == ["bank.example", "example", "www.bank.example"]
    assert zone.blocks("www.other.example") and not zone.blocks("login.bank.example")
    zone.allow([], NOW)
    assert len(blocked(zone)) == 5 and zone.size() == (5, 0, 0)


def test_settings_that_change_all_records_make_a_version_without_history(tmp_path: Path) -> None:
    with open_zone(PROFILE, tmp_path) as zone:
        zone.add(decided("a.example"), NOW)
        before = [*zone.records()]
    with open_zone(replace(PROFILE, addresses=("192.0.2.80",)), tmp_path) as zone:
        version = zone.expire(NOW)
        assert version is not None and zone.versions(5) == [version] and [*zone.records()] != before
        assert zone.find_version(version.serial - 1) is None


def test_old_versions_are_forgotten(zone: PolicyZoneStore) -> None:
    for number in range(3):
        zone.add(decided(f"n{number}.example"), NOW + number * HISTORY_MS // 2)
    oldest = zone.versions(9)[-1].serial
    zone.expire(NOW + 2 * HISTORY_MS)
    assert zone.find_version(oldest) is None and MOST_VERSIONS > 1_000


def test_the_last_transfer_of_each_resolver_is_known(zone: PolicyZoneStore) -> None:
    zone.record_transfer(ZoneTransfer("192.0.2.1", "key", "AXFR", 1, NOW))
    zone.record_transfer(ZoneTransfer("192.0.2.1", "key", "IXFR", 2, NOW))
    assert zone.transfers() == [ZoneTransfer("192.0.2.1", "key", "IXFR", 2, NOW)]


def test_a_reader_sees_one_version_while_others_write(zone: PolicyZoneStore, tmp_path: Path) -> None:
    zone.add(decided("a.example"), NOW)
    with open_zone(PROFILE, tmp_path) as reader, reader.reading():
        seen = reader.last_version()
        zone.add(decided("b.example"), NOW)
        assert reader.last_version() == seen and len([*reader.names()]) == 1


NAMES = ("example", "a.example", "b.example", "www.a.example", "x.www.a.example", "c.test")
ACTS = st.one_of(
    st.tuples(st.just("add"), st.sampled_from(NAMES), st.integers(1, 3)),
    st.tuples(st.just("withdraw"), st.sampled_from(NAMES), st.integers(1, 3)),
    st.tuples(st.just("allow"), st.sampled_from(NAMES), st.just(0)),
    st.tuples(st.just("disallow"), st.sampled_from(NAMES), st.just(0)),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(ACTS, min_size=1, max_size=14))
def test_changes_lead_from_every_version_to_the_last_and_the_zone_is_what_the_decisions_say(
    tmp_path_factory: pytest.TempPathFactory, acts: list[tuple[str, str, int]]
) -> None:
    decisions: dict[str, str] = {}
    gone: set[str] = set()
    allowed: set[str] = set()
    states: dict[int, dict[str, NamePolicy]] = {}
    with open_zone(PROFILE, tmp_path_factory.mktemp("zone")) as zone:
        for act, name, order in acts:
            id = f"{order}/{name}"
            if act == "add":
                zone.add({id: NameDecision(name, LATER)}, NOW)
                decisions |= {id: name} if id not in gone else {}
            elif act == "withdraw":
                zone.withdraw([id], NOW)
                decisions.pop(id, None)
                gone.add(id)
            else:
                allowed = allowed | {name} if act == "allow" else allowed - {name}
                zone.allow(allowed, NOW)
            version = zone.last_version()
            if version is not None:
                states[version.serial] = dict(zone.names())
        expected = {name: NamePolicy.BLOCK for name in decisions.values() if not _is_spared(name, allowed)}
        last = dict(zone.names())
        assert last == expected | dict.fromkeys(allowed, NamePolicy.PASS)
        for serial, state in states.items():
            for change in zone.changes_since(serial):
                assert state.pop(change.name, None) == change.before
                state |= {change.name: change.after} if change.after is not None else {}
            assert state == last


def _is_spared(name: str, allowed: set[str]) -> bool:
    return any(name == other or name.endswith(f".{other}") or other.endswith(f".{name}") for other in allowed)
