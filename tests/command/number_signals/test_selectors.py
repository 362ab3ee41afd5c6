"""The holder of the data and the bank see how much was asked; nobody else does."""

from datetime import UTC, datetime, timedelta

from tests.command.people import World

from fanzha.command.number_signals.models import SignalRequest
from fanzha.command.number_signals.selectors import count_questions
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to

AT = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)


def test_questions_are_counted_by_bank_and_service(world: World) -> None:
    for line, (service, number, status) in enumerate(
        [("sim-swap", "a", 200), ("sim-swap", "a", 200), ("sim-swap", "b", 404), ("kyc-tenure", "a", 200)]
    ):
        SignalRequest._base_manager.create(
            owner=world["carrier"], client=world["bank"], basis="B", key=1, service=service, purpose="p",
            number_hash=number, status=status, at=AT, journal="j", line=line,
        )  # fmt: skip
    for name, expected in (("carrier", [(3, 2, 2), (1, 1, 1)]), ("bank", [(3, 2, 2), (1, 1, 1)]), ("police", [])):
        with scoped_to(world.viewer(name, Role.LIAISON)):
            rows = count_questions(AT - timedelta(days=1))
            assert [(row["questions"], row["numbers"], row["answered"]) for row in rows] == expected
            assert count_questions(AT + timedelta(seconds=1)) == []
