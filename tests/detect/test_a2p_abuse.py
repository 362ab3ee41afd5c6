"""A port number is found by how many it texts, how fresh the host is and the hour; bills, codes and parcels are not."""

import pytest

from fanzha.detect.a2p_abuse import BANK, BILL, DETECTOR, NIGHT_S
from fanzha.detect.rules.sample_facts import Row, site_seen, text_messages
from fanzha.detect.testing import report_findings

SENDER = "1069000012345"


def sent(count: int, *, days_old: float = 2, start_s: float = 0, every_s: float = 60) -> tuple[Row, ...]:
    seen = site_seen("renzheng.example", days_old=days_old, at_s=max(0, start_s - 3600))
    return (seen, *text_messages(SENDER, count, text=BANK, every_s=every_s, start_s=start_s))


@pytest.mark.parametrize(("count", "found"), [(19, 0), (20, 1)])
def test_a_fresh_host_is_texted_to_twenty_within_the_hour(count: int, found: int) -> None:
    assert len(report_findings(DETECTOR, sent(count))) == found


@pytest.mark.parametrize(("every_s", "found"), [(190, 0), (180, 1)])
def test_the_same_number_of_texts_over_a_longer_time_is_no_burst(every_s: float, found: int) -> None:
    assert len(report_findings(DETECTOR, sent(22, every_s=every_s))) == found


@pytest.mark.parametrize(
    ("days_old", "night", "found"),
    [(40, False, 1), (100, False, 0), (100, True, 1), (200, True, 0)],
)
def test_the_older_the_host_the_more_it_takes(days_old: float, night: bool, found: int) -> None:
    start_s = NIGHT_S if night else 0
    assert len(report_findings(DETECTOR, sent(120, days_old=days_old, start_s=start_s, every_s=20))) == found


def test_senders_that_share_a_host_are_found_though_each_sends_little() -> None:
    seen = site_seen("renzheng.example", days_old=40)
    each = [
        text_messages(f"10690000123{n}", 20, text=BANK, start_s=n, first_recipient=17_000_300_000 + n) for n in range(2)
    ]
    assert {finding.subject for finding in report_findings(DETECTOR, [seen], *each)} == {"106900001230", "106900001231"}
    assert report_findings(DETECTOR, [seen], each[0]) == []


def test_a_number_of_a_person_is_not_accused_here_the_sender_is_only_claimed() -> None:
    seen = site_seen("renzheng.example", days_old=2)
    assert report_findings(DETECTOR, [seen], text_messages("+8617000000001", 40, text=BANK, channel="sms")) == []


def test_a_new_company_that_writes_to_its_customers_by_day_is_none() -> None:
    assert report_findings(DETECTOR, sent(90, days_old=100, every_s=40)) == []


def test_parcel_texts_to_everybody_all_day_with_an_old_host_are_none() -> None:
    seen = site_seen("zhangdan.example", days_old=3_000)
    assert report_findings(DETECTOR, [seen], text_messages(SENDER, 600, text=BILL, every_s=60)) == []


def test_a_host_that_nobody_has_seen_is_not_taken_for_fresh() -> None:
    assert report_findings(DETECTOR, text_messages(SENDER, 200, text=BANK, every_s=20)) == []
