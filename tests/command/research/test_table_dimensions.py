"""A subject is described by its first finding; the values of a dimension never depend on what was found."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from tests.command.people import World
from tests.command.research.table_world import middle_of, plant

from fanzha.base.marking import Marking
from fanzha.command.research.table_dimensions import count_cells, labels_of, list_months, read_records

ZONE = ZoneInfo("Asia/Shanghai")
SINCE, UNTIL = datetime(2025, 11, 1, tzinfo=ZONE), datetime(2026, 3, 1, tzinfo=ZONE)


def period(back: int) -> tuple[datetime, datetime]:
    """Return the month in which `plant` plants, and its end."""
    begin = middle_of(back).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return begin, middle_of(back - 1).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def test_months_are_those_of_the_period() -> None:
    assert list_months(SINCE, UNTIL) == ("2025-11", "2025-12", "2026-01", "2026-02")
    assert count_cells(("month", "outcome"), SINCE, UNTIL) == 12
    assert labels_of("province", SINCE, UNTIL)[-1] == "" and len(labels_of("city", SINCE, UNTIL)) > 300


@pytest.mark.django_db
def test_a_subject_counts_in_the_month_of_its_first_finding_alone(world: World) -> None:
    (subject,) = plant(world, {"phishing": 1}, back=2)
    from tests.command.subjects.factories import finding_row

    finding_row(world["carrier"], subject, found_at=middle_of(1), simulated=True)
    later, first = (read_records(world["carrier"].pk, "phone_number", (), *period(back)) for back in (1, 2))
    assert later.subjects.tolist() == [] and first.subjects.tolist() == [subject.pk]


@pytest.mark.django_db
def test_supervisors_count_what_they_may_read_and_others_their_own(world: World) -> None:
    plant(world, {"phishing": 2}, owner="carrier")
    plant(world, {"phishing": 1}, owner="far_carrier")
    plant(world, {"prize": 3}, owner="mvno")
    plant(world, {"prize": 1}, owner="mvno", marking=Marking.RED)
    names = ("fraud_type", "province", "city", "ingress", "month", "outcome")
    of_all = read_records(world["administration"].pk, "phone_number", names, *period(1))
    assert len(of_all.subjects) in (5, 6) and len(set(of_all.operators.tolist())) == 2
    assert len(read_records(world["carrier"].pk, "phone_number", names, *period(1)).subjects) == 2
    places = of_all.values["outcome"]
    assert {of_all.labels["outcome"][place] for place in places} == {"undecided"}
