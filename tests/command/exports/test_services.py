"""An export has a purpose and is on record; large ones and whole values wait for a second person."""

from pathlib import Path
from typing import Any

import pytest
from django_tasks_db.models import DBTaskResult
from tests.command.exports.factories import request_table, verdict
from tests.command.people import World

from fanzha.command.audit.models import LogEntry
from fanzha.command.exports import services
from fanzha.command.exports.models import Export, ExportState
from fanzha.command.exports.services import ExportRefused, ExportRequest, decide_request, request_export, request_pack
from fanzha.command.exports.table import TableFilter
from fanzha.command.organizations.models import ApiKey
from fanzha.command.organizations.selectors import build_key_viewer
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to
from fanzha.processes.refusal import Reason

#: Seven digits follow each other in this reference, as in one of 440.
CASE = "01M8NS4APT1700000123SFENYF"


def kinds() -> list[str]:
    return list(
        LogEntry._base_manager.filter(kind__startswith="export").order_by("place").values_list("kind", flat=True)
    )


def test_a_small_masked_one_is_made_at_once(world: World) -> None:
    verdict(world["carrier"])
    export = request_table(world, case=CASE, narrowed=TableFilter(kind="phone_number"))
    assert (export.state, export.rows, export.unmasked) == (ExportState.QUEUED, 1, False)
    assert DBTaskResult.objects.count() == 1
    entry = LogEntry._base_manager.get(kind="export_asked")
    assert entry.about == export.ref and '"purpose":"a report"' in entry.facts and f'"case":"{CASE}"' in entry.facts
    assert '"narrowed":{"kind":"phone_number"}' in entry.facts


@pytest.mark.parametrize("why", ["size", "unmasked values"])
def test_a_second_person_is_needed(world: World, why: str, home: Path) -> None:
    verdict(world["carrier"])
    if why == "size":
        (home / "fanzha.toml").write_text("[exports]\nrows = 0\n", "utf-8")
    export = request_table(world, unmasked=why == "unmasked values")
    assert export.state == ExportState.TO_APPROVE and not DBTaskResult.objects.exists()
    reviewer = world.viewer("carrier", Role.REVIEWER)
    with scoped_to(reviewer):
        decide_request(export, reviewer, approve=True, note="as the rules say")
        with pytest.raises(ExportRefused, match="already decided"):
            decide_request(export, reviewer, approve=False)
        row = Export.objects.get()
    assert (row.state, row.decided_by, row.decision) == (
        "queued",
        world.person("carrier", Role.REVIEWER),
        "as the rules say",
    )
    assert DBTaskResult.objects.count() == 1 and kinds() == ["export_asked", "export_approved"]


def test_who_asked_and_who_may_not_decide(world: World) -> None:
    verdict(world["carrier"])
    export = request_table(world, role=Role.REVIEWER, unmasked=True)
    for name, role in (("carrier", Role.REVIEWER), ("carrier", Role.ANALYST), ("administration", Role.REVIEWER)):
        viewer = world.viewer(name, role)
        with scoped_to(viewer), pytest.raises(ExportRefused) as refused:
            decide_request(export, viewer, approve=True)
        assert refused.value.reason is Reason.SAME_PERSON
    officer = world.viewer("carrier", Role.PRIVACY_OFFICER)
    with scoped_to(officer):
        decide_request(export, officer, approve=False)
        assert Export.objects.get().state == ExportState.REFUSED
    assert kinds() == ["export_asked", "export_refused"] and not DBTaskResult.objects.exists()


def test_whoever_made_the_key_that_asked_may_not_decide(world: World) -> None:
    verdict(world["carrier"])
    maker = world.person("carrier", Role.REVIEWER)
    key, _ = ApiKey.make(world["carrier"], "system", roles=["analyst"], scopes=["exports:write"], made_by=maker)
    asks, decides = build_key_viewer(key), world.viewer("carrier", Role.REVIEWER)
    with scoped_to(asks):
        export = request_export(asks, ExportRequest("subjects", "a report", unmasked=True))
    with scoped_to(decides), pytest.raises(ExportRefused):
        decide_request(export, decides, approve=True)


@pytest.mark.parametrize(
    ("changes", "words", "reason"),
    [
        ({"table": "victims"}, "no such table", None),
        ({"table": "unmaskings"}, "cannot export this table", Reason.ROLE),
        ({"purpose": " x "}, "Say what for", None),
        ({"narrowed": TableFilter(kind="website")}, "No data matches", None),
        ({"table": "processes", "unmasked": True}, "unmasked values", Reason.ROLE),
    ],
)
def test_what_cannot_be_taken_out_is_told(
    world: World, changes: dict[str, Any], words: str, reason: Reason | None
) -> None:
    verdict(world["carrier"])
    with pytest.raises(ExportRefused, match=words) as refused:
        request_table(world, **changes)
    assert refused.value.reason is reason and kinds() == []


def test_a_privacy_officer_takes_out_no_whole_values(world: World) -> None:
    verdict(world["carrier"])
    with pytest.raises(ExportRefused, match="unmasked values"):
        request_table(world, role=Role.PRIVACY_OFFICER, unmasked=True)


def test_more_than_anybody_needs_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    verdict(world["carrier"], 1)
    verdict(world["carrier"], 2)
    monkeypatch.setattr(services, "MAX_ROWS", 1)
    with pytest.raises(ExportRefused, match="More than 1 rows"):
        request_table(world)


def test_a_pack_waits_for_a_second_person_as_whole_values_do(world: World) -> None:
    asks, decides = world.viewer("carrier", Role.REVIEWER), world.viewer("carrier", Role.PRIVACY_OFFICER)
    with scoped_to(asks):
        export = request_pack(asks, "01M8C5PK17E4N5HBYS9EQRX20S", "a hearing of +8617000001234", 60)
        assert (export.state, export.rows, export.is_pack, export.unmasked) == (ExportState.TO_APPROVE, 60, True, True)
        assert export.narrowed == {"ref": "01M8C5PK17E4N5HBYS9EQRX20S"} and "17000001234" not in export.purpose
        with pytest.raises(ExportRefused):
            decide_request(export, asks, approve=True)
    with scoped_to(decides):
        decide_request(export, decides, approve=True)
    assert DBTaskResult.objects.count() == 1 and kinds() == ["export_asked", "export_approved"]
