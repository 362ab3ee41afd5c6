"""Warnings of a dissuasion that lie in the outbox, and how a sender ends them."""

from collections.abc import Mapping
from pathlib import Path

from django.utils import timezone
from tests.command.people import World
from tests.command.processes.orders_made import actor

from fanzha.base.clock import to_ms
from fanzha.command.processes.models import ProcessInstance, Step
from fanzha.command.processes.outbox_worker import deliver_due
from fanzha.command.processes.services import fire
from fanzha.command.subjects.warning_outcomes import record_outcomes
from fanzha.command.subjects.warning_states import VictimWarning, list_warning_states
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.store.warning_outbox import OutcomeKind, QueuedWarning, open_outbox

TABLES = (
    '[deliver.smpp]\nhost = "127.0.0.1"\nsystem_id = "f"\npassword_file = "s"\nsender = "96110"\n'
    '[deliver.voice]\nproxy = "127.0.0.1"\ncaller = "96110"\n'
    '[deliver.email]\nhost = "127.0.0.1"\nsender = "warn@bureau.example"\n'
    '[deliver.app]\nurl = "https://app.example/warn"\n'
)
CHANNELS = ("text", "flash_sms", "voice", "email", "app")


def set_up(home: Path) -> None:
    """Set every channel up."""
    (home / "fanzha.toml").write_text(TABLES)


def press(world: World, instance: ProcessInstance, event: str, evidence: Mapping[str, str] | None = None) -> None:
    fire(instance.ref, event, actor(world, "carrier", Role.CLERK), evidence or {})
    deliver_due(timezone.now())


def waiting() -> list[QueuedWarning]:
    """Return what the sender would take now."""
    with open_outbox() as outbox:
        return outbox.select_due(CHANNELS, to_ms(timezone.now()))


def end(kind: OutcomeKind, details: Mapping[str, str] | None = None) -> None:
    """Let the sender end the only warning that waits, and the site record it."""
    with open_outbox() as outbox:
        (queued,) = outbox.select_due(CHANNELS, to_ms(timezone.now()))
        outbox.end(queued.id, kind, to_ms(timezone.now()), details)
    assert record_outcomes() == 1


def last_step(instance: ProcessInstance) -> Step:
    return Step._base_manager.filter(instance=instance).order_by("-number")[0]


def warnings(instance: ProcessInstance) -> list[VictimWarning]:
    """Return what the page of the victim shows of her warnings."""
    instance.refresh_from_db()
    with unscoped("a test reads the steps"):
        return list_warning_states(instance)


def states(instance: ProcessInstance) -> list[tuple[str, str]]:
    return [(warning.channel, warning.state) for warning in warnings(instance)]
