"""Figures of campaigns from what is in them, added up by the database: a campaign may hold a hundred thousand subjects.

The same sums as `adding.of_several` over all of its placements, in one statement for any number of campaigns.
"""

from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from math import log2
from typing import Any

from django.db import connection

from fanzha.claims.fraud_type import TO_WARN
from fanzha.command.campaigns.adding import MOST_CALLS, MOST_MONEY, Figures
from fanzha.command.campaigns.models import Placement
from fanzha.command.subjects.verdicts import STRICTNESS
from fanzha.command.web.database import bulk

_BY_STRICTNESS = {place: marking for marking, place in STRICTNESS.items()}
#: Money is added in two halves: the sum of a few columns as large as they may be is more than SQLite counts to.
_HALF = 32
_STATEMENT = """
WITH held AS (
    SELECT p.*,
        MAX(heat) OVER (PARTITION BY campaign_id) AS hottest,
        ROW_NUMBER() OVER (PARTITION BY campaign_id ORDER BY
            CASE WHEN fraud_type IN ({warned}) THEN 1 ELSE 0 END, top_score DESC,
            CASE WHEN fraud_type = '' THEN 1 ELSE 0 END, fraud_type {letters} DESC, detector {letters} DESC) AS place
    FROM {table} p JOIN {given} ON p.campaign_id = given.campaign)
SELECT campaign_id,
    SUM(findings), SUM(CASE WHEN is_victim THEN 0 ELSE 1 END), SUM(CASE WHEN is_victim THEN 1 ELSE 0 END),
    SUM(calls), SUM(money >> {half}), SUM(money & {rest}),
    MAX(CASE WHEN place = 1 THEN top_score END), MAX(hottest),
    SUM(POWER(2.0, CASE WHEN heat - hottest < -100 THEN -100 ELSE heat - hottest END)),
    MAX(CASE WHEN place = 1 THEN fraud_type END), MAX(CASE WHEN place = 1 THEN detector END),
    MIN(CASE WHEN simulated THEN 1 ELSE 0 END), MIN(CASE marking {strictness} END), MIN(first_at), MAX(last_at)
FROM held GROUP BY campaign_id
"""


def figures_in(campaigns: Collection[int]) -> dict[int, Figures]:
    """Return the figures of campaigns (primary keys) by what is in them now; an empty one has none."""
    return dict(_read(campaigns)) if campaigns else {}


def _read(campaigns: Collection[int]) -> Iterator[tuple[int, Figures]]:
    given, bound = bulk.table_of(("campaign", "bigint", sorted(campaigns)))
    statement = _STATEMENT.format(
        warned=", ".join(f"'{one}'" for one in sorted(TO_WARN)),
        letters='COLLATE "C"' if connection.vendor == "postgresql" else "",
        table=Placement._meta.db_table,
        given=given,
        half=_HALF,
        rest=2**_HALF - 1,
        strictness=" ".join(f"WHEN '{marking}' THEN {place}" for marking, place in STRICTNESS.items()),
    )
    for key, findings, subjects, victims, calls, high, low, score, hottest, parts, *rest in bulk.select(
        statement, *bound
    ):
        fraud_type, detector, simulated, strictest, first_at, last_at = rest
        yield (
            key,
            Figures(
                int(findings),
                int(subjects),
                int(victims),
                min(int(calls), MOST_CALLS),
                min((int(high) << _HALF) + int(low), MOST_MONEY),
                score,
                hottest + log2(parts),
                fraud_type,
                detector,
                bool(simulated),
                _BY_STRICTNESS[strictest],
                _moment(first_at),
                _moment(last_at),
            ),
        )


def _moment(value: Any) -> datetime:
    """SQLite keeps times as text, in UTC."""
    return value if isinstance(value, datetime) else datetime.fromisoformat(value).replace(tzinfo=UTC)
