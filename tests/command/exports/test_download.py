"""The file is for whoever asked for it, as long as it is kept; each time is on record."""

from datetime import timedelta

from django.utils import timezone
from tests.command.exports.factories import build_export, request_table, verdict
from tests.command.people import World

from fanzha.command.audit.models import LogEntry
from fanzha.command.exports.download import may_download, record_download
from fanzha.command.exports.export_file import export_path
from fanzha.command.exports.models import Export
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to


def test_it_is_taken_and_on_record_each_time(world: World) -> None:
    verdict(world["carrier"])
    export, viewer = build_export(request_table(world)), world.viewer("carrier", Role.ANALYST)
    with scoped_to(viewer):
        assert record_download(export, viewer) == export_path(export.ref) == record_download(export, viewer)
        assert Export.objects.get().downloads == 2
    on_record = LogEntry._base_manager.filter(kind="export_downloaded")
    assert [one.actor for one in on_record] == [world.person("carrier", Role.ANALYST).ref] * 2


def test_others_do_not_take_it(world: World) -> None:
    verdict(world["carrier"])
    export = build_export(request_table(world))
    for name, role in (("carrier", Role.REVIEWER), ("carrier", Role.PRIVACY_OFFICER), ("administration", Role.ANALYST)):
        assert not may_download(export, world.viewer(name, role))
        assert record_download(export, world.viewer(name, role)) is None
    assert not LogEntry._base_manager.filter(kind="export_downloaded").exists()


def test_it_is_gone_after_its_time(world: World) -> None:
    verdict(world["carrier"])
    export, viewer = build_export(request_table(world)), world.viewer("carrier", Role.ANALYST)
    export_path(export.ref).unlink()
    assert record_download(export, viewer) is None
    export.expires_at = timezone.now() - timedelta(seconds=1)
    assert not may_download(export, viewer)
