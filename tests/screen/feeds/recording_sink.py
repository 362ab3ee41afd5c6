"""A sink that keeps what it is told."""

from collections.abc import Mapping


class RecordingSink:
    """Facts in order: moment, table, and the columns without what names the fact."""

    def __init__(self) -> None:
        self.facts: list[tuple[int, str, dict[str, object]]] = []
        self.ids: list[object] = []

    def __call__(self, at: int, table: str, fields: Mapping[str, object]) -> None:
        self.ids.append(fields["event_id"])
        named = ("event_id", "source", "table")
        self.facts.append((at, table, {name: value for name, value in fields.items() if name not in named}))

    @property
    def names(self) -> list[str]:
        """The tables."""
        return [table for _, table, _ in self.facts]
