"""The order of facts as SQL: one sequence over all event tables, with the offer and answer of each call fact."""

from collections.abc import Iterable

from fanzha.events import CALL_FACTS

#: Places in the sequence are even; a timer has an odd one, after all facts of its millisecond. Facts of a call at
#: the same moment are ordered by stage before their ids.
SEQUENCE = """\
  SELECT 2 * row_number() OVER (ORDER BY occurred_at, {stage}, event_id, fact) AS place,
    event_id, occurred_at AS moment, fact, call_id
  FROM (
    SELECT DISTINCT ON (fact, event_id) * FROM (
    {every})
    ORDER BY fact, event_id, occurred_at)"""

#: For every call fact: the latest offer, answer and end of the same call before it.
CALLS = """\
  SELECT place, moment,
    max(place) FILTER (fact = 'call_offered') OVER earlier AS offered,
    max(moment) FILTER (fact = 'call_offered') OVER earlier AS offered_moment,
    max(place) FILTER (fact = 'call_answered') OVER earlier AS answered,
    max(place) FILTER (fact = 'call_ended') OVER earlier AS ended
  FROM sequence WHERE call_id IS NOT NULL
  WINDOW earlier AS (PARTITION BY call_id ORDER BY place ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"""

#: The offer is joined if it is less than 24 hours older and the call has not ended since; the answer if it is later.
OF_CALL = """\
  SELECT place, offered AS offer, CASE WHEN answered > offered THEN answered END AS answer
  FROM calls WHERE offered > coalesce(ended, 0) AND moment - offered_moment < 86400000"""

WAITS = """\
  SELECT f.* REPLACE (
    f.moment + {wait} AS moment,
    (SELECT max(q.place) FROM sequence AS q WHERE q.moment <= f.moment + {wait}) + 1 AS place)
  FROM {facts} AS f
  WHERE f.moment + {wait} <= (SELECT max(moment) FROM sequence)
    AND NOT EXISTS (
      FROM sequence AS q WHERE q.call_id = f.call_id AND q.fact IN ({over})
        AND q.place > f.place AND q.moment <= f.moment + {wait})"""

TIMERS = """\
  SELECT f.* REPLACE (
    f.moment + {wait} AS moment,
    (SELECT max(q.place) FROM sequence AS q WHERE q.moment <= f.moment + {wait}) + 1 AS place)
  FROM {facts} AS f
  WHERE f.moment + {wait} <= (SELECT max(moment) FROM sequence)"""

#: At every tick, the latest fact of each key that has one in the longest window; `origin` is its place.
CLOCK = """\
  SELECT * REPLACE (
    tick AS moment,
    (SELECT max(q.place) FROM sequence AS q WHERE q.moment <= tick) + 1 AS place)
  FROM (
    SELECT f.*, f.place AS origin, t.tick
    FROM {facts} AS f
    JOIN (
      SELECT unnest(range((min(moment) + 28800000) // {every} * {every} - 28800000, max(moment) + 1, {every})) AS tick
      FROM sequence) AS t ON f.moment <= t.tick AND {within}
    WHERE {known}
    QUALIFY row_number() OVER (PARTITION BY t.tick, {keys} ORDER BY f.place DESC) = 1)"""

_STAGE = "CASE fact WHEN 'call_answered' THEN 1 WHEN 'call_ended' THEN 2 ELSE 0 END"
_ENDING_FACTS = {"talking": ("call_ended",), "ringing": ("call_answered", "call_ended")}


def sequence_body(tables: Iterable[str]) -> str:
    """Return the body of `sequence`: place, event_id, moment (ms), fact (its table) and call_id of every fact."""
    every = (
        f"SELECT event_id, occurred_at, '{table}' AS fact, {'call_id' if table in CALL_FACTS else 'NULL'} AS call_id"
        f" FROM {table}"
        for table in tables
    )
    return SEQUENCE.format(stage=_STAGE, every="\n    UNION ALL ".join(every))


def timers_body(wait: int, facts: str) -> str:
    """Return the body of the moments `wait` ms after `facts`, without regard to later facts."""
    return TIMERS.format(wait=wait, facts=facts)


def clock_body(every: int, keys: Iterable[str], within: str, facts: str) -> str:
    """Return the body of the ticks every `every` ms of China time; `within` is a condition on f.moment and t.tick."""
    names = [f"f.{key}" for key in keys]
    known = " AND ".join(f"{name} IS NOT NULL" for name in names)
    return CLOCK.format(every=every, keys=", ".join(names), known=known, within=within, facts=facts)


def waits_body(state: str, wait: int, facts: str) -> str:
    """Return the body of the moments `wait` ms after `facts` at which a call is still talking or ringing."""
    over = ", ".join(f"'{table}'" for table in _ENDING_FACTS[state])
    return WAITS.format(wait=wait, facts=facts, over=over)
