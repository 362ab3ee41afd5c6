"""However many findings a rule makes, what acts stays within its budget; what does not says why."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.findings import FINDING, finding

from fanzha.claims.allowlist import Allowlist, AllowlistEntry, OriginKind, Trigger
from fanzha.claims.budget import Budget
from fanzha.claims.finding import Finding, Mode
from fanzha.claims.governor import HOUR_MS, RETAINED_HOURS, Governor, TriggeredFinding

START = FINDING.found_at // HOUR_MS * HOUR_MS
SPARED = Allowlist([AllowlistEntry("+8657100000001", OriginKind.TRUNK, "LL-07", "a made-up hospital", "contract 7")])


def claim(
    subject: str = "x", minute: int = 0, *, trunk: str | None = None, calls: int | None = None, **changes: str
) -> TriggeredFinding:
    found = finding(detector="burst", subject=subject, found_at=START + minute * 60_000, mode=Mode.LIVE)
    return TriggeredFinding(msgspec.structs.replace(found, **changes), Trigger(trunk=trunk), calls)


def governor(subjects: int | None = None, share: float | None = None) -> Governor:
    return Governor({"burst": Budget(subjects, share)}, SPARED)


def live(governor: Governor, claims: list[TriggeredFinding]) -> list[bool]:
    return [governor.judge(one).mode is Mode.LIVE for one in claims]


def test_a_finding_within_budget_stands_as_it_came() -> None:
    assert governor(1).judge(claim()) == claim().finding


def test_a_shadow_finding_passes_and_takes_nothing_from_the_budget() -> None:
    one = governor(1)
    shadow = claim()._replace(finding=finding(detector="burst", mode=Mode.SHADOW))
    assert one.judge(shadow) == shadow.finding
    assert live(one, [claim("y")]) == [True]


def test_the_subject_over_the_budget_and_all_after_it_in_that_hour_only_report() -> None:
    claims = [claim("x", 0), claim("y", 1), claim("x", 2), claim("z", 3), claim("x", 59), claim("x", 60)]
    assert live(governor(2), claims) == [True, True, True, False, False, True]


def test_what_only_reports_says_so_in_both_languages_and_keeps_its_reasons() -> None:
    found = governor(0).judge(claim())
    assert found.mode is Mode.SHADOW
    assert found.reasons_zh == ("理由", "仅报告：规则已超出每小时 0 个对象的处置预算")
    assert found.reasons_en == ("reason", "report only: the rule is over its budget of 0 subjects an hour")
    assert found.finding_id == claim().finding.finding_id


def test_an_overrun_is_accounted_with_its_hour_moment_limit_and_number_withheld() -> None:
    one = governor(1)
    live(one, [claim("x", 0), claim("y", 5), claim("z", 6), claim("x", 60)])
    (over,) = one.overruns()
    assert (over.rule, over.hour, over.trunk, over.limit, over.withheld) == ("burst", START, "", 1, 2)
    assert over.at == START + 5 * 60_000


def test_a_share_of_a_trunks_calls_limits_that_trunk_alone() -> None:
    one = governor(share=0.05)
    on_one = [claim(str(n), n, trunk="LL-07", calls=60) for n in range(5)]
    assert live(one, on_one) == [True, True, True, False, False]
    assert live(one, [claim("x", 9, trunk="LL-08", calls=60)]) == [True]
    assert [(over.trunk, over.limit, over.withheld) for over in one.overruns()] == [("LL-07", 3.0, 2)]


def test_of_a_quiet_trunk_one_finding_an_hour_may_act() -> None:
    assert live(governor(share=0.05), [claim("x", trunk="T", calls=2), claim("y", trunk="T", calls=2)]) == [True, False]


def test_a_trunk_whose_calls_nobody_counted_is_not_acted_on_under_a_share() -> None:
    found = governor(share=0.05).judge(claim(trunk="T"))
    assert found.mode is Mode.SHADOW and "is not known" in found.reasons_en[-1]


def test_a_spared_number_is_only_reported_and_costs_no_budget() -> None:
    one = governor(1)
    spared = claim("x", trunk="LL-07")._replace(trigger=Trigger("+8657100000001", trunk="LL-07"))
    found = one.judge(spared)
    assert found.mode is Mode.SHADOW and "a made-up hospital" in found.reasons_en[-1]
    assert live(one, [claim("y")]) == [True]


def test_a_rule_without_a_budget_of_its_own_has_the_default() -> None:
    one = Governor({}, SPARED, default=Budget(1))
    assert live(one, [claim("x"), claim("y")]) == [True, False]


def test_rules_have_budgets_apart() -> None:
    one = Governor({}, SPARED, default=Budget(1))
    assert live(one, [claim("x"), claim("y", detector="other")]) == [True, True]


def test_a_finding_too_late_to_be_counted_only_reports() -> None:
    one = governor(5)
    assert live(one, [claim("x", 60 * RETAINED_HOURS), claim("y", 60)]) == [True, True]
    assert "late" in one.judge(claim("z", 0)).reasons_en[-1]


def test_memory_stays_flat_and_past_overruns_are_handed_over_once() -> None:
    one = governor(1)
    sizes = []
    handed = 0
    for hour in range(400):
        live(one, [claim("x", 60 * hour), claim("y", 60 * hour)])
        handed += len(one.take_past())
        sizes.append(len(one.save()))
    assert max(sizes[100:]) <= sizes[100] + 50
    assert handed + len(one.overruns()) == 400


CLAIMS = st.lists(
    st.builds(
        claim,
        st.sampled_from("uvwxyz"),
        st.integers(0, 200),
        trunk=st.sampled_from(["T", "U", None]),
        calls=st.integers(0, 60),
        detector=st.sampled_from(["burst", "other"]),
    ),
    max_size=60,
)


@given(CLAIMS, st.integers(0, 4), st.floats(0, 0.2), st.integers(0, 60))
def test_a_governor_saved_and_restored_anywhere_goes_on_as_if_never_stopped(
    claims: list[TriggeredFinding], subjects: int, share: float, cut: int
) -> None:
    budgets = {"burst": Budget(subjects, share)}
    one, other = Governor(budgets, SPARED), Governor(budgets, SPARED)
    whole = [one.judge(each) for each in claims]
    parts = [other.judge(each) for each in claims[:cut]]
    other = Governor(budgets, SPARED, saved=other.save())
    assert parts + [other.judge(each) for each in claims[cut:]] == whole
    assert other.overruns() == one.overruns() and other.save() == one.save()


@given(CLAIMS, st.integers(0, 4), st.floats(0, 0.2))
def test_no_order_of_findings_brings_more_subjects_into_an_hour_than_the_budget(
    claims: list[TriggeredFinding], subjects: int, share: float
) -> None:
    one = Governor({}, SPARED, default=Budget(subjects, share))
    acted: dict[tuple[str, int], set[str]] = {}
    for each in claims:
        found: Finding = one.judge(each)
        if found.mode is Mode.LIVE:
            acted.setdefault((found.detector, found.found_at // HOUR_MS), set()).add(found.subject)
    assert all(len(hit) <= subjects for hit in acted.values())


@pytest.mark.parametrize("saved", [b"\xc1", b"\x80\x00", b"\x81\xa7version\x02"])
def test_a_state_of_something_else_is_refused(saved: bytes) -> None:
    with pytest.raises(ValueError):
        Governor({}, SPARED, saved=saved)
