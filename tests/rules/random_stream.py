"""Small streams that are hard on windows: few keys, ties at one millisecond, unknown fields, impossible calls."""

from random import Random

import pyarrow as pa

from fanzha.events import Column, EventTable, all_events

CHINA_MIDNIGHT = 1_767_196_800_000  # 2026-01-01 00:00 in China
#: Facts fall on the ticks of a stream's clock (ms), so that they tie and hit the edges of spans.
TICKS = (1, 500, 10_000, 60_000, 600_000, 3_600_000, 21_600_000)
NUMBERS = ("+8617000000001", "+8617000000002", "+8617000000003", "10001", "+85255500001", "12", "")
HOSTS = ("a.example", "b.example", "c.example")
TEXTS = ("http://a.example/1", "see b.example", "no link", "c.example and a.example", "")
WORDS = ("p", "q", "呼叫")
DURATIONS = (0, 1, 999, 20_000, 60_000, 3_600_000)
FRACTIONS = (0.0, 0.25, 0.5, 1.5, 2.5, 1000.4, 99999.75)

Row = dict[str, object]


def random_stream(random: Random) -> dict[str, pa.Table]:
    """Return 50-400 facts in all event tables, out of order and some of them twice."""
    return RandomStream(random).tables()


class RandomStream:
    """One stream in the making; sizes and pools of values are drawn first."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.count = random.randint(50, 400)
        self.tick = random.choice(TICKS)
        self.ticks = max(1, self.count // random.choice((1, 2, 8)))
        self.start = CHINA_MIDNIGHT - random.randint(0, self.ticks) * self.tick + random.choice((-1, 0, 0, 1))
        self.calls = [f"call{at}" for at in range(random.choice((3, 20, 100)))]
        self.unknown = random.choice((0.0, 0.05, 0.25))
        self.variety = random.choice((2, 3, 7))
        self.catalog = {name: table for name, table in all_events().items() if name != "subscriber_profile"}
        others = [name for name in self.catalog if not name.startswith("call_")]
        self.others = random.sample(others, random.choice((1, 2, 3, len(others))))
        self.rows: dict[str, list[Row]] = {name: [] for name in self.catalog}

    def tables(self) -> dict[str, pa.Table]:
        """Draw the facts and return them as tables."""
        made = 0
        while made < self.count:
            made += self._call() if self.random.random() < 0.5 else self._other()
        return {name: self._table(table) for name, table in self.catalog.items()}

    def _call(self) -> int:
        """Add the facts of one call, any of which may be missing, doubled or out of turn."""
        call = self.random.choice(self.calls)
        moment = self._moment()
        facts = 0
        for table, likely in (("call_offered", 0.85), ("call_answered", 0.6), ("call_ended", 0.8), ("call_ended", 0.1)):
            if self.random.random() < likely:
                self._add(table, moment, call_id=call)
                facts += 1
            moment += self._pause()
        return facts

    def _other(self) -> int:
        self._add(self.random.choice(self.others), self._moment())
        return 1

    def _moment(self) -> int:
        return self.start + self.random.randint(0, self.ticks) * self.tick

    def _pause(self) -> int:
        """Return how long a stage of a call lasts, ms; now and then nothing, or longer than a wait or a day."""
        return self.random.choice((0, 0, 1, 2, 5, 40)) * self.tick + self.random.choice(
            (0, 0, 0, 1, 1_200_000, 86_400_000)
        )

    def _add(self, table: str, moment: int, **known: object) -> None:
        row: Row = {column.name: self._value(column) for column in self.catalog[table].own}
        event_id = f"{self.random.getrandbits(20):05x}"  # so short that two tables may well have the same
        if any(event_id == other["event_id"] for other in self.rows[table]):
            return
        envelope = {"event_id": event_id, "occurred_at": moment, "observed_at": moment + 1, "source": "random"}
        self.rows[table].append(row | envelope | {"simulated": False} | known)

    def _value(self, column: Column) -> object:
        unknown = pa.types.is_map(column.type) or self.random.random() < self.unknown
        if unknown and not column.required:
            return None
        return self.random.choice(self._pool(column)[: self.variety])

    def _pool(self, column: Column) -> tuple[object, ...]:
        if column.values:
            return column.values
        if pa.types.is_boolean(column.type):
            return (True, False)
        if pa.types.is_floating(column.type):
            return FRACTIONS
        if pa.types.is_integer(column.type):
            return (self.start, self._moment()) if column.name.endswith("_at") else self._whole(column)
        return self._texts(column)

    def _whole(self, column: Column) -> tuple[object, ...]:
        return DURATIONS if column.unit == "ms" else (0, 1, 2, 3, 16, 31)

    def _texts(self, column: Column) -> tuple[object, ...]:
        if column.name in ("host", "text"):
            return HOSTS if column.name == "host" else TEXTS
        is_number = column.kind == "phone_number" or column.name in ("caller", "sender", "target", "sent_caller")
        return NUMBERS if is_number else WORDS

    def _table(self, table: EventTable) -> pa.Table:
        rows = self.rows[table.name]
        again = self.random.sample(rows, len(rows) // 20)
        return pa.Table.from_pylist(self.random.sample(rows + again, len(rows) + len(again)), table.schema)
