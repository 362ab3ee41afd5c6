"""What is published of a figure: enough observations, no cell that tells of a person, another person's decision."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.command.people import World
from tests.command.statistics.month_made import MONTH

from fanzha.command.statistics.definitions import load_figures
from fanzha.command.statistics.figures import Figure, Lineage
from fanzha.command.statistics.periods import month_of
from fanzha.command.statistics.publications import (
    covered_organizations,
    decide_publication,
    propose_publication,
    publish_numbers,
    published_figures,
    withdraw_publication,
)
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to
from fanzha.learn.intervals import Interval
from fanzha.processes.refusal import Refusal

LINEAGE = Lineage("report_handling", 1, (), "2026-10", 0, 0)


def figure(part: float, whole: float) -> Figure:
    definition = load_figures()["report_handling"]
    return Figure(definition, part / whole * 100, part, whole, int(whole), Interval(1, 2), LINEAGE)


@pytest.mark.parametrize(
    ("part", "whole", "withheld"),
    [(60, 100, None), (5, 100, "small"), (95, 100, "small"), (0, 100, None), (9, 20, "few")],
)
def test_a_cell_that_could_tell_of_a_person_is_withheld(part: float, whole: float, withheld: str | None) -> None:
    numbers = publish_numbers(figure(part, whole))
    assert numbers.get("withheld") == withheld
    assert ("value" in numbers) == (withheld is None)


@pytest.mark.django_db
def test_a_proposal_is_decided_once_by_another_person(month: World) -> None:
    viewer, now = month.viewer("administration", Role.REVIEWER), timezone.now()
    proposer, decider = (month.person("administration", role) for role in (Role.INSPECTOR, Role.REVIEWER))
    with scoped_to(viewer):
        row = propose_publication(viewer, proposer, "report_handling", MONTH, "asked for", now)
        with pytest.raises(Refusal):
            decide_publication(row, proposer, now, publish=True)
        with pytest.raises(Refusal):
            withdraw_publication(row, decider, now)
        decide_publication(row, decider, now, publish=False)
        with pytest.raises(Refusal):
            decide_publication(row, decider, now, publish=True)
    assert not published_figures() and row.numbers["pair"]["name"] == "report_recheck"
    assert row.organizations == len(covered_organizations(viewer)) > 3


@pytest.mark.django_db
def test_a_running_period_and_too_few_rows_are_not_proposed(world: World) -> None:
    viewer, person, now = world.viewer("administration"), world.person("administration", Role.INSPECTOR), timezone.now()
    with scoped_to(viewer):
        for period, reason in ((month_of(now), "x"), (month_of(now - timedelta(days=80)), "x"), (MONTH, " ")):
            with pytest.raises(Refusal):
                propose_publication(viewer, person, "report_handling", period, reason, now)
