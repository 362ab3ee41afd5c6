"""The figures of a draft, computed again by DuckDB from the rows of legs, steps, deadlines and false disposals."""

from datetime import datetime
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from tests.command.bulletins.bulletins_made import MONTH, WITHIN, drafted, instances, made_month
from tests.command.people import World

from fanzha.command.bulletins.measures import MEASURES
from fanzha.command.bulletins.models import Bulletin, BulletinCase, BulletinFigure
from fanzha.command.bulletins.months import month_bounds, read_month
from fanzha.command.orders.models import OrderTarget
from fanzha.command.processes.models import FalseDisposal, Leg, ProcessInstance, Step, Timer
from fanzha.command.web.scoping import unscoped

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]

_REPORTS = """
WITH leg_facts AS (
  SELECT l.receiver AS company,
    bool_or(s.event IN ('find_true', 'report_disposed', 'find_unfounded')) AS checked,
    bool_or(s.event IN ('find_true', 'report_disposed')) AS true_,
    bool_or(s.event IN ('report_disposed', 'find_unfounded')) AS handled,
    bool_or(s.event = 'recheck') AS again, bool_or(s.event = 'pass_on') AS passed,
    EXISTS (SELECT 1 FROM timer t WHERE t.instance = l.instance AND t.leg = l.name AND t.state <> 'cancelled'
            AND t.due_at < $as_of AND t.deadline IN ('acknowledge', 'check', 'dispose')) AS late
  FROM leg l JOIN instance i ON i.id = l.instance
  JOIN step s ON s.instance = l.instance AND s.leg = l.name AND s."at" < $as_of
  WHERE i.process = 'public_report' AND l.opened_at >= $began AND l.opened_at < $ended
  GROUP BY l.receiver, l.instance, l.name)
SELECT company, 'verified', count(*) FILTER (true_), count(*) FILTER (checked)
  FROM leg_facts WHERE NOT passed GROUP BY 1
UNION ALL SELECT company, 'handled', count(*) FILTER (handled), count(*) FROM leg_facts WHERE NOT passed GROUP BY 1
UNION ALL SELECT company, 'handled_in_time', count(*) FILTER (handled AND NOT late),
  count(*) FILTER (handled OR late) FROM leg_facts WHERE NOT passed GROUP BY 1
UNION ALL SELECT company, 'reopened', count(*) FILTER (handled AND again), count(*) FILTER (handled)
  FROM leg_facts WHERE NOT passed GROUP BY 1
"""
_ORDERS = """
WITH leg_facts AS (
  SELECT l.receiver AS company, bool_or(s.event = 'report_executed') AS done,
    EXISTS (SELECT 1 FROM timer t WHERE t.instance = l.instance AND t.leg = l.name AND t.state <> 'cancelled'
            AND t.due_at < $as_of) AS late
  FROM leg l JOIN instance i ON i.id = l.instance
  JOIN step s ON s.instance = l.instance AND s.leg = l.name AND s."at" < $as_of
  WHERE i.process = 'order' AND l.opened_at >= $began AND l.opened_at < $ended
  GROUP BY l.receiver, l.instance, l.name)
SELECT company, 'orders_in_time', count(*) FILTER (done AND NOT late), count(*) FILTER (done OR late)
FROM leg_facts GROUP BY 1
"""
_OWNED = """
SELECT i.owner, 'false_limits', count(DISTINCT d.instance), count(DISTINCT i.id) FROM instance i
JOIN step s ON s.instance = i.id AND s.event = 'limit' AND s."at" >= $began AND s."at" < $ended
LEFT JOIN disposal d ON d.instance = i.id AND d."at" < $as_of GROUP BY 1
UNION ALL SELECT i.owner, 'appeals_upheld', count(*) FILTER (s.event = 'uphold_appeal'), count(*) FROM instance i
JOIN step s ON s.instance = i.id AND s.event IN ('uphold_appeal', 'reject_appeal')
  AND s."at" >= $began AND s."at" < $ended GROUP BY 1
UNION ALL SELECT i.owner, 'warned', count(DISTINCT s.instance), count(DISTINCT i.id) FROM instance i
LEFT JOIN step s ON s.instance = i.id AND s.event = 'reach' AND s."at" < $as_of
WHERE i.process = 'dissuasion' AND i.opened_at >= $began AND i.opened_at < $ended GROUP BY 1
"""


def _load(connection: duckdb.DuckDBPyConnection) -> None:
    tables: dict[str, tuple[Any, tuple[str, ...]]] = {
        "instance": (ProcessInstance, ("id", "process", "owner", "opened_at")),
        "leg": (Leg, ("instance", "name", "receiver", "opened_at")),
        "step": (Step, ("instance", "leg", "event", "at")),
        "timer": (Timer, ("instance", "leg", "deadline", "state", "due_at")),
        "disposal": (FalseDisposal, ("instance", "at")),
    }
    for name, (model, columns) in tables.items():
        with unscoped("test"):
            rows = list(model.objects.values_list(*columns))
        values = zip(*rows, strict=True)
        connection.register("rows", pa.table(dict(zip(columns, map(list, values), strict=True))))
        connection.execute(f"CREATE TABLE {name} AS SELECT * FROM rows")


def _recompute(began: datetime, ended: datetime, as_of: datetime) -> dict[tuple[int, str], tuple[int, int]]:
    with duckdb.connect(":memory:") as connection:
        _load(connection)
        limits = {"began": began, "ended": ended, "as_of": as_of}
        rows = []
        for query in (_REPORTS, _ORDERS, _OWNED):
            rows += connection.execute(query, {k: v for k, v in limits.items() if f"${k}" in query}).fetchall()
    return {(company, measure): (part, whole) for company, measure, part, whole in rows}


def test_duckdb_computes_the_same_figures_from_the_rows(world: World) -> None:
    made_month(world)
    bulletin = drafted(world)
    bounds = month_bounds(read_month(MONTH), "Asia/Shanghai")
    expected = _recompute(*bounds, bulletin.as_of)
    with unscoped("test"):
        figures = list(BulletinFigure.objects.filter(bulletin=bulletin))
    stored = {
        (figure.organization_id, figure.measure): (figure.part, figure.whole)
        for figure in figures
        if figure.organization_id and figure.whole
    }
    assert stored == {key: value for key, value in expected.items() if value[1] and key[0] != world["centre"].pk}
    assert stored[world["carrier"].pk, "handled"] == (58, 60)
    assert stored[world["carrier"].pk, "false_limits"] == (2, 40)
    for name in MEASURES:
        total = next(figure for figure in figures if figure.measure == name and figure.organization_id is None)
        own = [figure for figure in figures if figure.measure == name and figure.organization_id]
        assert (total.part, total.whole) == (sum(one.part for one in own), sum(one.whole for one in own))


def test_the_month_before_is_counted_as_it_stood_after_as_many_days(world: World) -> None:
    made_month(world)
    bulletin = drafted(world)
    with unscoped("test"):
        figure = BulletinFigure.objects.get(bulletin=bulletin, organization=world["carrier"], measure="handled")
    assert (figure.before_part, figure.before_whole) == (34, 60)


def test_each_figure_is_the_count_of_its_cases(world: World) -> None:
    made_month(world)
    bulletin = drafted(world)
    with unscoped("test"):
        for figure in BulletinFigure.objects.filter(bulletin=bulletin, organization=world["other_carrier"]):
            measure = MEASURES[figure.measure]
            cases = BulletinCase.objects.filter(
                bulletin=bulletin, organization=world["other_carrier"], kind=measure.kind
            )
            whole = cases.filter(**{measure.whole: True}) if measure.whole else cases
            assert (figure.part, figure.whole) == (whole.filter(**{measure.part: True}).count(), whole.count())


def test_drafting_takes_a_fixed_number_of_queries_however_many_cases(world: World) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        first = drafted(world, owner="administration")
    made_month(world)
    with CaptureQueriesContext(connection) as many:
        drafted(world)
    assert len(many) <= len(few) + 12
    assert isinstance(first, Bulletin)


def test_targets_of_own_orders_are_counted_one_by_one(world: World) -> None:
    with unscoped("test"):
        (order,) = instances(world, "order", "carrier", 1, WITHIN)
        Step.objects.create(
            instance=order, number=1, event="approve", before="drafted", after="issued", at=order.opened_at
        )
        for place, state in enumerate(("approved", "restored", "ended", "sent_back")):
            OrderTarget.objects.create(
                instance=order, place=place, kind="phone_number", value=f"{place}", state=state, changed_at=WITHIN
            )
    bulletin = drafted(world)
    with unscoped("test"):
        figure = BulletinFigure.objects.get(bulletin=bulletin, organization=world["carrier"], measure="false_limits")
        assert (figure.part, figure.whole) == (1, 3)
        assert BulletinCase.objects.get(bulletin=bulletin, is_reversed=True).leg == "target 2"
