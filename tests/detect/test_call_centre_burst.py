"""Call centres are told from people who call as many: by who answers, calls back, and how long they talk."""

from typing import Any

import pytest

from fanzha.claims import Mode
from fanzha.detect.call_centre_burst import CHANGING, DETECTOR, courier_round
from fanzha.detect.rules.sample_facts import ABROAD, AT_HOME, Row, call, incoming_calls, outgoing_calls
from fanzha.detect.testing import fired_rules, report_findings, run_detector

NUMBER, FOREIGN = "+8617000000019", "+442079460019"


def an_hour(count: int, **how: Any) -> tuple[Row, ...]:
    """Calls within an hour; without more, two in five are answered for 30 s."""
    return outgoing_calls(
        NUMBER, count, **{**AT_HOME, "every_s": 3_000 / count, "talk_s": 30, "answered_every": 3, **how}
    )


def a_day(count: int, **how: Any) -> tuple[Row, ...]:
    """Calls too far apart for any hourly number."""
    return outgoing_calls(NUMBER, count, **{**AT_HOME, "every_s": 1_000, "talk_s": 25, "answered_every": 3, **how})


def from_abroad(count: int, caller: str = FOREIGN, **how: Any) -> tuple[Row, ...]:
    return outgoing_calls(caller, count, **{**ABROAD, "every_s": 1_000, "talk_s": 25, "answered_every": 3, **how})


@pytest.mark.parametrize(
    ("callees", "talk_s", "found"),
    [(14, 15, set()), (15, 15, {"call_centre_burst"}), (19, 30, set()), (20, 30, {"call_centre_burst"})],
)
def test_within_an_hour_fifteen_strangers_are_a_burst_where_talks_are_short_else_twenty(
    callees: int, talk_s: float, found: set[str]
) -> None:
    assert fired_rules(DETECTOR, an_hour(callees, talk_s=talk_s)) == found


@pytest.mark.parametrize(("callees", "found"), [(24, set()), (25, {"call_centre_day"})])
def test_by_the_day_it_takes_twenty_five(callees: int, found: set[str]) -> None:
    assert fired_rules(DETECTOR, a_day(callees)) == found


@pytest.mark.parametrize(("callees", "found"), [(14, set()), (15, {"call_centre_claimed"})])
def test_by_one_number_claimed_abroad_it_takes_fifteen(callees: int, found: set[str]) -> None:
    assert fired_rules(DETECTOR, from_abroad(callees)) == found


def test_by_changing_numbers_of_a_trunk_it_takes_twenty() -> None:
    assert fired_rules(DETECTOR, CHANGING) == {"call_centre_trunk"}
    last = max(str(row["call_id"]) for row in CHANGING[-3:])
    first = str(CHANGING[0]["call_id"])
    assert not fired_rules(DETECTOR, (row for row in CHANGING if row["call_id"] not in (first, last)))


@pytest.mark.parametrize("every_other", [an_hour(24, answered_every=1), a_day(40, answered_every=1)])
def test_who_is_answered_is_left_alone(every_other: tuple[Row, ...]) -> None:
    assert not report_findings(DETECTOR, every_other)


def test_the_same_people_called_again_are_no_strangers() -> None:
    assert not report_findings(DETECTOR, an_hour(30, step=0), a_day(30, start_s=90_000, step=0))


def test_signs_are_summed_who_talks_longer_is_found_unless_he_is_called_back_or_moves() -> None:
    longer = an_hour(20, talk_s=50)
    assert fired_rules(DETECTOR, longer) == {"call_centre_burst"}
    assert not report_findings(DETECTOR, longer, incoming_calls(NUMBER, 2, every_s=1_000))
    assert not report_findings(DETECTOR, longer[:24], an_hour(20, talk_s=50, cell="460-00-2100-00002")[24:])


def test_our_own_number_is_named_and_a_claimed_one_never_is() -> None:
    assert {(finding.kind, finding.subject) for finding in report_findings(DETECTOR, an_hour(20))} == {
        ("phone_number", NUMBER)
    }
    assert {(finding.kind, finding.subject) for finding in report_findings(DETECTOR, from_abroad(30))} == {
        ("trunk", ABROAD["trunk"])
    }


def test_without_a_trunk_the_call_itself_is_named() -> None:
    assert {finding.kind for finding in report_findings(DETECTOR, from_abroad(16, trunk=None))} == {"call"}


def test_a_number_that_only_claims_to_be_a_mobile_of_ours_is_not_taken_for_one() -> None:
    assert not report_findings(DETECTOR, an_hour(20, proven=False))


def test_a_number_claimed_on_another_trunk_too_does_not_make_that_trunk_answer_for_it() -> None:
    honest = call(FOREIGN, "+8617000300000", 20_000, ingress="international_gateway", trunk="IGW-FIC-02")
    assert {finding.subject for finding in report_findings(DETECTOR, from_abroad(18), honest)} == {ABROAD["trunk"]}


def test_a_traveller_whose_own_number_is_proven_is_not_judged_as_claimed() -> None:
    assert not report_findings(DETECTOR, from_abroad(30, NUMBER, proven=True, roaming="proven"))


def test_a_licensed_centre_on_its_own_line_is_not_meant() -> None:
    line = {"ingress": "leased_line", "trunk": "LINE-FIC-01", "cell": None}
    assert not report_findings(DETECTOR, an_hour(60, talk_s=50, **line))


def test_a_courier_in_one_cell_whom_nobody_calls_back_is_left_alone() -> None:
    for every_s in (200, 300, 600):
        assert report_findings(DETECTOR, courier_round(NUMBER, 70, every_s=every_s)) == []
    assert report_findings(DETECTOR, courier_round(NUMBER, 70, every_s=300, talk_s=140)) == []


@pytest.mark.parametrize(
    "unlike", [{"talk_s": 200}, {"every_s": 40}, {"every_s": 900, "start_s": 8 * 3_600}], ids=["long", "burst", "night"]
)
def test_who_talks_long_or_calls_in_a_burst_or_by_night_is_no_courier(unlike: dict[str, Any]) -> None:
    how: dict[str, Any] = {**AT_HOME, "every_s": 300, "talk_s": 20, **unlike}
    start_s = how.pop("start_s", 0)
    answered = outgoing_calls(NUMBER, 30, start_s=start_s, **how)
    rest = {"first_callee": 17_000_700_000, "start_s": start_s + 20, "talk_s": None}
    assert report_findings(DETECTOR, answered, outgoing_calls(NUMBER, 32, **{**how, **rest}))


def test_a_call_centre_whose_calls_two_in_five_answer_is_found_all_day_long() -> None:
    centre = courier_round(NUMBER, 70, every_s=300, talk_s=20)
    in_vain = outgoing_calls(NUMBER, 30, **AT_HOME, every_s=700, first_callee=17_000_900_000)
    assert fired_rules(DETECTOR, centre, in_vain) == {"call_centre_day"}


@pytest.mark.parametrize(("honest", "kinds"), [(0, {"trunk"}), (60, {"trunk"}), (90, {"call"})])
def test_a_trunk_answers_for_one_number_where_it_is_a_fifth_of_its_calls(honest: int, kinds: set[str]) -> None:
    others = [
        row
        for n in range(honest)
        for row in call(f"+33144{n:06d}", f"+8617000900{n:03d}", 100 * n, talk_s=100, **ABROAD)
    ]
    assert {finding.kind for finding in report_findings(DETECTOR, others, from_abroad(16))} == kinds


def test_of_calls_to_the_same_people_again_and_again_one_is_named() -> None:
    honest = [
        call(f"+4420794{n:05d}", f"+86{17_000_800_000 + 911 * n}", 20 * n, talk_s=60, **ABROAD) for n in range(400)
    ]
    again = [
        call(
            FOREIGN, f"+86{17_000_100_000 + 3_701 * (n % 15)}", 10_000 + 30 * n, talk_s=None if n % 3 else 10, **ABROAD
        )
        for n in range(60)
    ]
    findings = report_findings(DETECTOR, *honest, *again)
    assert [(finding.kind, finding.rule) for finding in findings] == [("call", "call_centre_claimed_call")]


@pytest.mark.parametrize(("callees", "answered_every", "found"), [(39, 3, False), (40, 3, True), (40, 2, False)])
def test_forty_strangers_within_an_hour_are_a_burst_whatever_the_day_before(
    callees: int, answered_every: int, found: bool
) -> None:
    rows = an_hour(callees, answered_every=answered_every)
    assert ("call_centre_fast" in fired_rules(DETECTOR, rows)) == found


def test_a_burst_on_the_first_day_of_the_records_is_live() -> None:
    earlier = outgoing_calls("+8617000000018", 1, every_s=1, start_s=-4_000, **AT_HOME)
    findings = run_detector(DETECTOR, earlier, an_hour(60))
    assert [finding.subject for finding in findings if finding.mode is Mode.LIVE] == [NUMBER]
