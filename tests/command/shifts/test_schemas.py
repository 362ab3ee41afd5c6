"""Items of the API become items of the service."""

from fanzha.command.shifts.schemas import WorkItemIn
from fanzha.command.shifts.services import Item


def test_an_item_keeps_its_note() -> None:
    assert WorkItemIn(kind="process", ref="A", note="b").to_item() == Item("process", "A", "b")
