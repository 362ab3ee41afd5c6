"""A reviewer finds on his first page what waits for him: exports, packs and proposed numbers; his own say why not."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.command.exports.factories import request_table, verdict
from tests.command.people import World
from tests.command.subjects.factories import subject

from fanzha.command.dashboards.file_approvals import file_approvals
from fanzha.command.subjects.allowlist import AllowlistProposal, propose_entry
from fanzha.command.web.components import ListRow
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))


def spare(world: World, name: str, role: Role, owner: str = "a hospital") -> None:
    viewer, now = world.viewer(name, role), timezone.now()
    with scoped_to(viewer):
        propose_entry(
            subject(), AllowlistProposal("trunk", "MSC-1", owner, "a contract", now + timedelta(days=9)), viewer, now
        )


def rows(world: World, role: Role, name: str = "carrier") -> list[ListRow]:
    viewer = world.viewer(name, role)
    with scoped_to(viewer):
        return [row for listing in file_approvals(viewer) for row in listing.rows]


def test_what_waits_stands_there_the_longest_waiting_first(world: World) -> None:
    verdict(world["carrier"])
    spare(world, "carrier", Role.ANALYST)
    request_table(world, unmasked=True)
    spare(world, "other_carrier", Role.ANALYST)
    waiting = rows(world, Role.REVIEWER)
    assert [row.title for row in waiting] == ["Spared numbers", "Subjects and verdicts"]
    assert [row.summary for row in waiting] == ["0 used, 1 wait for a second person", "a report"]
    assert [row.title for row in rows(world, Role.PRIVACY_OFFICER)] == ["Subjects and verdicts"]


def test_ones_own_say_why_one_does_not_decide(world: World) -> None:
    verdict(world["carrier"])
    spare(world, "carrier", Role.REVIEWER)
    request_table(world, role=Role.REVIEWER, unmasked=True)
    assert {row.summary for row in rows(world, Role.REVIEWER)} == {"You proposed this, so another person must decide."}


def test_others_find_no_such_list(world: World) -> None:
    for role in (Role.ANALYST, Role.DUTY_OFFICER, Role.ADMINISTRATOR):
        assert file_approvals(world.viewer("carrier", role)) == ()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_it_is_on_the_first_page_and_asks_no_more_for_more(world: World, language: str) -> None:
    verdict(world["carrier"])
    client, counts = world.client("carrier", Role.REVIEWER, language=language), []
    for number in range(2):
        for more in range(1 + 2 * number):
            spare(world, "carrier", Role.ANALYST, f"hospital {number} {more}")
            request_table(world, unmasked=True)
        page = client.get("/").content.decode()
        with CaptureQueriesContext(connection) as queries:
            client.get("/")
        counts.append(len(queries))
    assert {"en": "Files waiting", "zh-hans": "待第二人批准的文件"}[language] in page
    assert counts[0] == counts[1]
