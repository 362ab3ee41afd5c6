"""When a check has passed, the face goes; that it went is on record, once."""

from django.utils import timezone
from tests.command.audit.rereviews import CARD, personal, verifying
from tests.command.people import World
from tests.command.processes.orders_made import actor

from fanzha.command.audit.models import LogEntry
from fanzha.command.audit.verification import verify
from fanzha.command.evidence.effects import EFFECTS, erase_personal_files
from fanzha.command.processes.handlers import load_handlers
from fanzha.command.processes.models import OutboxItem
from fanzha.command.processes.outbox_worker import deliver_due
from fanzha.command.processes.services import fire
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.processes.effects import Effect
from fanzha.store.evidence_files import find_file


def test_the_worker_finds_it(world: World) -> None:
    assert load_handlers()[Effect.ERASE_BIOMETRICS] is EFFECTS[Effect.ERASE_BIOMETRICS]


def test_a_check_that_passed_leaves_no_face(world: World) -> None:
    review, name = verifying(world)
    fire(review.ref, "pass_verification", actor(world, "carrier", Role.REVIEWER), {})
    assert find_file(name) is not None
    deliver_due(timezone.now())
    assert find_file(name) is None
    assert personal(review) == [{"card": CARD}, {"purpose": "for my family"}]
    with unscoped("test"):
        item = OutboxItem.objects.select_related("instance__owner").get(effect="erase_biometrics")
        assert item.state == "done"
        erase_personal_files(item)
        on_record = LogEntry.objects.filter(kind="biometrics_erased")
        assert [(one.process, one.organisation) for one in on_record] == [(review.ref, world["carrier"].ref)]
        assert '"files":1' in on_record[0].facts
    assert verify().faults == []
