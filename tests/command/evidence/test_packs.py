"""A pack that was approved is made as its asker may read the case now, fetched by him alone, and on record as seen."""

import pytest
from tests.command.exports.factories import build_export
from tests.command.people import World
from tests.command.processes.orders_made import issued
from tests.processes.log.packs import contents

from fanzha.command.audit.models import LogEntry
from fanzha.command.evidence.packs import may_pack
from fanzha.command.exports.download import may_download, record_download
from fanzha.command.exports.export_builder import GONE
from fanzha.command.exports.export_file import export_path
from fanzha.command.exports.models import Export, ExportState, Unmasking
from fanzha.command.exports.services import decide_request, request_pack
from fanzha.command.organizations.models import ApiKey, Membership
from fanzha.command.organizations.selectors import build_key_viewer
from fanzha.command.processes.models import ProcessInstance
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to
from fanzha.command.web.viewer import Viewer

pytestmark = pytest.mark.usefixtures("home")


def waiting(order: ProcessInstance, viewer: Viewer) -> Export:
    with scoped_to(viewer):
        return request_pack(viewer, order.ref, "a hearing", 1)


def approved(world: World, export: Export) -> Export:
    officer = world.viewer("centre", Role.PRIVACY_OFFICER)
    with scoped_to(officer):
        decide_request(export, officer, approve=True)
    return build_export(export)


def test_it_is_made_when_it_is_approved_and_who_asked_is_on_record(world: World) -> None:
    order, viewer = issued(world), world.viewer("centre", Role.REVIEWER)
    export = waiting(order, viewer)
    assert build_export(export).state == ExportState.TO_APPROVE and not Unmasking._base_manager.exists()
    done = approved(world, export)
    assert (done.state, done.done, done.size) == (ExportState.DONE, 1, export_path(done.ref).stat().st_size)
    assert b"17000001234" in contents(export_path(done.ref).read_bytes())["personal.jsonl"]
    looked, packed = Unmasking._base_manager.get(), LogEntry._base_manager.get(kind="evidence_pack")
    reviewer = world.person("centre", Role.REVIEWER)
    assert (looked.person, looked.subject, packed.actor, packed.about) == (reviewer, order.ref, reviewer.ref, order.ref)
    with scoped_to(viewer):
        assert record_download(done, viewer) == export_path(done.ref)
    assert record_download(done, world.viewer("centre", Role.PRIVACY_OFFICER)) is None


def test_who_lost_his_role_gets_none(world: World) -> None:
    export = waiting(issued(world), world.viewer("centre", Role.REVIEWER))
    Membership.objects.filter(role=Role.REVIEWER).update(since="2099-01-01T00:00Z")
    failed = approved(world, export)
    assert (failed.state, failed.problem) == (ExportState.FAILED, GONE) and not export_path(export.ref).exists()


def test_a_key_gets_its_own_and_no_other_key(world: World) -> None:
    fields = {"roles": ["reviewer"], "scopes": ["evidence:write"]}
    key, other_key = (ApiKey.make(world["centre"], name, **fields)[0] for name in ("one", "other"))
    done = approved(world, waiting(issued(world), build_key_viewer(key)))
    assert done.state == ExportState.DONE and Unmasking._base_manager.get().actor == key.ref
    assert may_download(done, build_key_viewer(key)) and not may_download(done, build_key_viewer(other_key))


def test_a_key_that_was_revoked_gets_none(world: World) -> None:
    key, _ = ApiKey.make(world["centre"], "one", roles=["reviewer"], scopes=["evidence:write"])
    export = waiting(issued(world), build_key_viewer(key))
    ApiKey.objects.update(revoked_at="2020-01-01T00:00Z")
    assert approved(world, export).problem == GONE


def test_packs_with_personal_values_are_for_reviewers(world: World) -> None:
    assert may_pack(world.viewer("centre", Role.REVIEWER)) and not may_pack(world.viewer("centre", Role.ADMINISTRATOR))
