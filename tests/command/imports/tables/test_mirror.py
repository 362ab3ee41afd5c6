"""Each row moves the process of its reference once, in whatever file it comes again."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.command.imports.factories import KEY_SERVICES, counts, handed_in
from tests.command.people import World
from tests.command.subjects.dissuasions import found_victim
from tests.command.subjects.factories import NUMBER, finding_row, subject

from fanzha.command.imports import uploads
from fanzha.command.imports.models import MirroredProcess
from fanzha.command.processes.models import Notification, ProcessInstance, Step
from fanzha.command.processes.worker import run_once
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to, unscoped

SUSPENDED = "reference,event,at,reason\nK-1,暂停,2026-03-03T08:00:00Z,投诉集中\n"


def states() -> dict[str, str]:
    rows = MirroredProcess._base_manager.select_related("instance")
    return {row.reference: row.instance.state for row in rows}


def test_rows_open_and_move_the_process_of_their_reference(world: World) -> None:
    assert counts(handed_in(world, "key_service", KEY_SERVICES)) == ("done", 2, 0, 0)
    assert states() == {"K-1": "active", "K-2": "active"}
    job = handed_in(world, "key_service", SUSPENDED)
    assert counts(job) == ("done", 1, 0, 0), list(uploads.read_rejects(job.ref))
    assert states() == {"K-1": "suspended", "K-2": "active"}
    with scoped_to(world.viewer("carrier", Role.ANALYST)):
        assert ProcessInstance.objects.filter(process="key_service").count() == 2


def test_a_row_that_comes_again_in_another_file_moves_nothing(world: World) -> None:
    handed_in(world, "key_service", KEY_SERVICES)
    job = handed_in(world, "key_service", KEY_SERVICES + "K-3,import_active,2026-03-02T08:00:00Z,n95,示例公司\n")
    assert counts(job) == ("done", 3, 0, 0)
    with unscoped("test"):
        assert Step.objects.count() == 3


def test_a_row_written_otherwise_is_the_same_row(world: World) -> None:
    handed_in(world, "key_service", KEY_SERVICES)
    handed_in(world, "key_service", SUSPENDED)
    otherwise = "reference,event,at,reason,kind\nK-1,import_suspension,2026-03-03T16:00:00+08:00,投诉集中,\n"
    job = handed_in(world, "key_service", otherwise)
    assert counts(job) == ("done", 1, 0, 0), list(uploads.read_rejects(job.ref))
    with unscoped("test"):
        assert Step.objects.filter(event="import_suspension").count() == 1


def test_rows_that_the_process_does_not_allow_are_told(world: World) -> None:
    handed_in(world, "key_service", KEY_SERVICES)
    wrong = """reference,event,at,kind,customer
K-9,暂停,2026-03-03T08:00:00Z,,
K-1,import_active,2026-03-04T08:00:00Z,n400,示例公司
K-4,飞,2026-03-03T08:00:00Z,,
K-4,import_active,yesterday,n400,示例公司
K-4,import_active,2026-03-03T08:00:00Z,rocket,示例公司
,import_active,2026-03-03T08:00:00Z,n400,示例公司
K-1,import_check,2026-03-05T08:00:00Z,,
K-5,import_active,2026-03-05T08:00:00Z,n400,示例公司
"""
    job = handed_in(world, "key_service", wrong)
    assert counts(job) == ("done", 1, 7, 0)
    rejects = [(reject["row"], reject["column"]) for reject in uploads.read_rejects(job.ref)]
    assert rejects == [
        (2, "reference"), (3, "reference"), (4, "event"), (5, "at"), (6, "kind"), (7, "reference"), (8, "event"),
    ]  # fmt: skip


def test_another_organization_has_its_own_references(world: World) -> None:
    handed_in(world, "key_service", KEY_SERVICES)
    handed_in(world, "key_service", KEY_SERVICES, name="mvno")
    assert MirroredProcess._base_manager.count() == 4


def test_what_rows_that_come_again_ask_does_not_grow_with_their_number(world: World) -> None:
    query_counts = []
    for many in (2, 40):
        text = KEY_SERVICES.splitlines()[0] + "\n"
        text += "".join(f"K-{one},import_active,2026-03-02T08:00:00Z,n95,示例公司\n" for one in range(many))
        job = handed_in(world, "key_service", text)
        assert counts(job) == ("done", many, 0, 0)
        with CaptureQueriesContext(connection) as queries:
            again = handed_in(world, "key_service", text + "\n")
        assert counts(again) == ("done", many, 0, 0)
        query_counts.append(len(queries))
    assert query_counts[0] == query_counts[1]


def test_a_row_that_stands_twice_in_a_file_moves_once(world: World) -> None:
    handed_in(world, "key_service", KEY_SERVICES)
    job = handed_in(world, "key_service", SUSPENDED + SUSPENDED.splitlines()[1] + "\n")
    assert counts(job) == ("done", 2, 0, 0), list(uploads.read_rejects(job.ref))
    with unscoped("test"):
        assert Step.objects.filter(event="import_suspension").count() == 1


def test_every_mirrored_process_can_be_imported(world: World) -> None:
    text = "reference,event,at,channel,id_read,consent_version\nR-1,受理登记,2026-03-02T08:00:00Z,线上,NFC读取,3\n"
    assert counts(handed_in(world, "registration", text)) == ("done", 1, 0, 0)
    text = "reference,event,at,customer,critical\nI-1,导入存量卡,2026-03-02T08:00:00Z,示例公司,否\n"
    assert counts(handed_in(world, "iot_card", text)) == ("done", 1, 0, 0)


CARDS = """reference,event,at,customer,critical
C-1,import_active,2026-03-02T08:00:00Z,示例医院,是
C-2,import_active,2026-03-02T08:00:00Z,示例公司,否
C-3,import_active,2026-03-02T08:00:00Z,示例公司,否
"""
STOPPED = """reference,event,at,rule,decided_by,by_machine
C-1,暂停,2026-03-03T08:00:00Z,异地使用,示例经办人,否
C-2,暂停,2026-03-03T08:00:00Z,异地使用,model,是
C-3,暂停,2026-03-03T08:00:00Z,异地使用,示例经办人,否
"""


def test_what_was_suspended_against_the_rule_is_taken_in_as_that_and_owner_and_regulator_are_told(world: World) -> None:
    assert counts(handed_in(world, "iot_card", CARDS)) == ("done", 3, 0, 0)
    assert counts(handed_in(world, "iot_card", STOPPED)) == ("done", 3, 0, 0)
    assert states() == {"C-1": "against_rule", "C-2": "against_rule", "C-3": "suspended"}
    run_once()
    with unscoped("test"):
        assert {instance.needs_attention for instance in ProcessInstance.objects.filter(state="against_rule")} == {True}
        rejects = list(Notification.objects.filter(text_en__contains="Suspended against the rule"))
    for name in ("carrier", "administration"):
        assert {one.instance.title for one in rejects if one.owner == world[name] and one.instance} == {"C-1", "C-2"}
    assert counts(handed_in(world, "iot_card", STOPPED)) == ("done", 3, 0, 0)  # the same rows again
    back = "reference,event,at,rule\nC-1,import_restriction,2026-03-03T09:00:00Z,异地使用\n"
    handed_in(world, "iot_card", back)
    assert states()["C-1"] == "restricted"


def cards_of(number: str) -> str:
    return f"""reference,event,at,customer,use_case,critical,volume,grade,level,approvers,card,profile
C-1,import_application,2026-03-02T08:00:00Z,示例公司,meters,no,1,,,,,
C-1,import_assessment,2026-03-02T09:00:00Z,,,,,low,,,,
C-1,import_approval,2026-03-02T10:00:00Z,,,,,,branch,2,,
C-1,import_provisioning,2026-03-02T11:00:00Z,,,,,,,,{number},data only
"""


def suspended(at: str) -> str:
    return f"reference,event,at,rule,decided_by,by_machine\nC-1,import_suspension,{at},odd,somebody,no\n"


def test_the_card_of_a_victim_is_taken_in_and_its_suspension_is_refused(world: World) -> None:
    found_victim(world)
    job = handed_in(world, "iot_card", cards_of(NUMBER))
    assert counts(job) == ("done", 4, 0, 0), list(uploads.read_rejects(job.ref))
    job = handed_in(world, "iot_card", suspended("2026-03-03T08:00:00Z"))
    assert (job.used, job.rejected) == (0, 1) and states() == {"C-1": "active"}
    assert "受害人" in str(list(uploads.read_rejects(job.ref)))


def test_the_card_of_who_is_both_may_be_suspended_by_the_system_of_record(world: World) -> None:
    found_victim(world)
    finding_row(world["carrier"], subject(NUMBER))
    handed_in(world, "iot_card", cards_of(NUMBER))
    assert counts(handed_in(world, "iot_card", suspended("2026-03-03T08:00:00Z"))) == ("done", 1, 0, 0)


def test_a_card_that_no_number_is_stays_what_it_is(world: World) -> None:
    found_victim(world)
    handed_in(world, "iot_card", cards_of("CARD-7"))
    assert counts(handed_in(world, "iot_card", suspended("2026-03-03T08:00:00Z"))) == ("done", 1, 0, 0)
