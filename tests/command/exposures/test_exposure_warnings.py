"""A person is warned once a case, by day, not too often, and only while the decision and the basis stand."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings as site_settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.command.exposures.exposures_made import (
    CASE,
    NUMBER,
    OTHER_NUMBER,
    SITE,
    confirmed_basis,
    log_of,
    read_log_of,
    roll_back,
    site_order,
)
from tests.command.people import World
from tests.command.processes.orders_made import actor

from fanzha.base.clock import to_ms
from fanzha.command.exposures.bases import withdraw_basis
from fanzha.command.exposures.exposure_warnings import (
    cancel_unfounded_warnings,
    request_warnings,
    warn_exposed_people,
)
from fanzha.command.exposures.models import Exposure, ExposureWarning
from fanzha.command.processes.services import open_process
from fanzha.command.subjects.warning_outcomes import record_outcomes
from fanzha.command.web.roles import Role
from fanzha.store.warning_outbox import OutcomeKind, OutgoingWarning, QueuedWarning, WarningOutbox, open_outbox

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]
ADD = WarningOutbox.add
SETTINGS = """
[deliver.app]
url='https://app.example/warnings'
[exposures]
channel = "app"
"""


@pytest.fixture
def channel(home: Path) -> None:
    (home / "fanzha.toml").write_text(SETTINGS)


@pytest.fixture
def noon() -> datetime:
    """Return the noon before now, local time."""
    local = timezone.now().astimezone(ZoneInfo(site_settings.TIME_ZONE))
    return local.replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=1)


def due(at: datetime) -> list[QueuedWarning]:
    with open_outbox() as outbox:
        return outbox.select_due(["app"], to_ms(at))


def states() -> list[str]:
    return list(ExposureWarning._base_manager.order_by("pk").values_list("state", flat=True))


@pytest.mark.usefixtures("channel")
def test_a_person_in_two_files_and_on_two_bases_gets_one_warning(world: World, noon: datetime) -> None:
    site_order(world, SITE, "second.example")
    first, second = confirmed_basis(world), confirmed_basis(world, source="resolver 2")
    read_log_of(world, first, log_of((NUMBER, SITE)))
    read_log_of(world, second, log_of((NUMBER, "second.example"), (OTHER_NUMBER, SITE)))
    analyst = world.person("carrier", Role.ANALYST)
    assert request_warnings(world["carrier"], CASE, noon, analyst) == 2
    assert request_warnings(world["carrier"], CASE, noon, analyst) == 0
    assert (warn_exposed_people(noon), warn_exposed_people(noon)) == (2, 0)
    assert sorted(queued.warning.recipient for queued in due(noon)) == [NUMBER, OTHER_NUMBER]
    read_log_of(world, first, log_of((NUMBER, SITE), (NUMBER, "second.example")))
    assert request_warnings(world["carrier"], CASE, noon + timedelta(days=3), analyst) == 0


@pytest.mark.usefixtures("channel")
def test_a_decision_withdrawn_between_match_and_sending_warns_nobody(world: World, noon: datetime) -> None:
    order = site_order(world)
    read_log_of(world, confirmed_basis(world), log_of((NUMBER, SITE)))
    assert request_warnings(world["carrier"], CASE, noon, world.person("carrier", Role.ANALYST)) == 1
    roll_back(world, order)
    assert warn_exposed_people(noon) == 0
    assert states() == ["cancelled"] and due(noon) == []


@pytest.mark.usefixtures("channel")
def test_a_decision_withdrawn_before_the_warning_has_left_the_outbox_cancels_it(world: World, noon: datetime) -> None:
    order = site_order(world)
    read_log_of(world, confirmed_basis(world), log_of((NUMBER, SITE)))
    request_warnings(world["carrier"], CASE, noon, world.person("carrier", Role.ANALYST))
    assert warn_exposed_people(noon) == 1
    (queued,) = due(noon)
    roll_back(world, order)
    assert cancel_unfounded_warnings(noon) == 1
    with open_outbox() as outbox:
        assert outbox.select_due(["app"], to_ms(noon)) == [] and not outbox.begin(queued.id)
    assert states() == ["cancelled"]


@pytest.mark.usefixtures("channel")
def test_a_site_that_is_decided_anew_warns_those_whose_warning_was_cancelled(world: World, noon: datetime) -> None:
    order = site_order(world)
    basis = confirmed_basis(world, is_automatic=True)
    read_log_of(world, basis, log_of((NUMBER, SITE)))
    warn_exposed_people(noon)
    roll_back(world, order)
    assert warn_exposed_people(noon) == 0 and states() == ["cancelled"]
    site_order(world)
    read_log_of(world, basis, log_of((NUMBER, SITE), (NUMBER, SITE)))
    assert warn_exposed_people(noon + timedelta(days=2)) == 1 and states() == ["queued"]


@pytest.mark.usefixtures("channel")
def test_a_withdrawn_basis_cancels_its_warnings(world: World, noon: datetime) -> None:
    site_order(world)
    basis = confirmed_basis(world, is_automatic=True)
    read_log_of(world, basis, log_of((NUMBER, SITE)))
    assert warn_exposed_people(noon.replace(hour=23)) == 0 and states() == ["waiting"]
    withdraw_basis(basis, world.person("carrier", Role.LIAISON))
    assert warn_exposed_people(noon) == 0 and states() == ["cancelled"]


@pytest.mark.usefixtures("channel")
def test_an_automatic_basis_warns_by_itself_but_not_at_night(world: World, noon: datetime) -> None:
    site_order(world)
    read_log_of(world, confirmed_basis(world, is_automatic=True), log_of((NUMBER, SITE)))
    for hour in (21, 23, 7):
        assert warn_exposed_people(noon.replace(hour=hour)) == 0
    assert warn_exposed_people(noon.replace(hour=8)) == 1


@pytest.mark.usefixtures("channel")
def test_what_is_handed_over_just_before_night_is_not_sent_in_it(world: World, noon: datetime) -> None:
    site_order(world)
    read_log_of(world, confirmed_basis(world, is_automatic=True), log_of((NUMBER, SITE)))
    assert warn_exposed_people(noon.replace(hour=20, minute=59)) == 1
    assert due(noon.replace(hour=20, minute=59)) and due(noon.replace(hour=21)) == []


@pytest.mark.usefixtures("channel")
def test_a_warning_that_a_killed_worker_left_in_the_outbox_is_cancelled_too(
    world: World, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = site_order(world)
    read_log_of(world, confirmed_basis(world, is_automatic=True), log_of((NUMBER, SITE)))
    with monkeypatch.context() as killed, pytest.raises(KeyboardInterrupt):
        killed.setattr(WarningOutbox, "add", _add_and_die)
        warn_exposed_people(noon)
    assert states() == ["waiting"] and len(due(noon)) == 1
    roll_back(world, order)
    assert cancel_unfounded_warnings(noon) == 1
    assert states() == ["cancelled"] and due(noon) == []


@pytest.mark.usefixtures("channel")
def test_a_warning_that_was_begun_is_not_said_to_be_cancelled(
    world: World, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = site_order(world)
    read_log_of(world, confirmed_basis(world, is_automatic=True), log_of((NUMBER, SITE)))
    with monkeypatch.context() as killed, pytest.raises(KeyboardInterrupt):
        killed.setattr(WarningOutbox, "add", _add_and_die)
        warn_exposed_people(noon)
    with open_outbox() as outbox:
        assert outbox.begin(outbox.select_due(["app"], to_ms(noon))[0].id)
    roll_back(world, order)
    assert cancel_unfounded_warnings(noon) == 0 and states() == ["waiting"]


def _add_and_die(outbox: WarningOutbox, warnings: Iterable[OutgoingWarning]) -> int:
    ADD(outbox, warnings)
    raise KeyboardInterrupt


@pytest.mark.usefixtures("channel")
def test_turns_cost_the_same_however_many_orders_have_ended(world: World, noon: datetime) -> None:
    ended = [f"old{number}.example" for number in range(12)]
    order = site_order(world, SITE, *ended)
    basis = confirmed_basis(world, is_automatic=True)
    read_log_of(world, basis, log_of(*[(NUMBER, name) for name in (SITE, *ended)]))
    roll_back(world, order)
    counts = []
    for cases in (1, 12):
        for row in Exposure._base_manager.order_by("pk")[:cases]:
            Exposure._base_manager.filter(pk=row.pk).update(case=f"E{row.pk}".ljust(26, "0"), order=f"E{row.pk}")
        with CaptureQueriesContext(connection) as queries:
            warn_exposed_people(noon)
        counts.append(len(queries))
    assert counts[0] == counts[1] and states() == []


@pytest.mark.usefixtures("channel")
def test_an_automatic_basis_warns_nobody_who_was_found_on_another(world: World, noon: datetime) -> None:
    site_order(world)
    read_log_of(world, confirmed_basis(world, is_automatic=True), log_of((NUMBER, SITE)))
    read_log_of(world, confirmed_basis(world, source="resolver 2"), log_of((OTHER_NUMBER, SITE)))
    assert warn_exposed_people(noon) == 1
    assert [queued.warning.recipient for queued in due(noon)] == [NUMBER]


@pytest.mark.usefixtures("channel")
def test_a_person_rests_a_day_between_two_cases(world: World, noon: datetime) -> None:
    site_order(world)
    read_log_of(world, confirmed_basis(world), log_of((NUMBER, SITE)))
    request_warnings(world["carrier"], CASE, noon, world.person("carrier", Role.ANALYST))
    hashed = ExposureWarning._base_manager.get().person
    ExposureWarning._base_manager.create(
        owner=world["carrier"], person=hashed, case="D" * 26, state="sent", asked_at=noon,
        queued_at=noon - timedelta(hours=23), changed_at=noon,
    )  # fmt: skip
    assert warn_exposed_people(noon) == 0
    assert warn_exposed_people(noon + timedelta(hours=2)) == 1


def test_no_more_than_so_many_are_warned_in_an_hour(world: World, noon: datetime, home: Path) -> None:
    (home / "fanzha.toml").write_text(f"{SETTINGS}per_hour = 1\n")
    site_order(world)
    read_log_of(world, confirmed_basis(world, is_automatic=True), log_of((NUMBER, SITE), (OTHER_NUMBER, SITE)))
    assert (warn_exposed_people(noon), warn_exposed_people(noon)) == (1, 0)
    assert warn_exposed_people(noon + timedelta(minutes=61)) == 1


def test_without_a_channel_warnings_wait(world: World, noon: datetime) -> None:
    site_order(world)
    read_log_of(world, confirmed_basis(world, is_automatic=True), log_of((NUMBER, SITE)))
    assert warn_exposed_people(noon) == 0 and states() == ["waiting"]


@pytest.mark.usefixtures("channel")
def test_whom_the_desk_reaches_already_gets_no_further_warning(world: World, noon: datetime) -> None:
    site_order(world)
    evidence = {"fraud_type": "other", "grade": "low", "person": NUMBER, "found_at": to_ms(timezone.now())}
    open_process("dissuasion", "open", world["carrier"], actor(world, "carrier", Role.ANALYST), evidence)
    read_log_of(world, confirmed_basis(world, is_automatic=True), log_of((NUMBER, SITE)))
    assert warn_exposed_people(noon) == 0 and states() == ["covered"]


@pytest.mark.usefixtures("channel")
@pytest.mark.parametrize(
    ("kind", "state"),
    [(OutcomeKind.SENT, "sent"), (OutcomeKind.DELIVERED, "delivered"), (OutcomeKind.FAILED, "failed")],
    ids=["sent", "delivered", "failed"],
)
def test_what_became_of_a_warning_is_recorded(world: World, noon: datetime, kind: OutcomeKind, state: str) -> None:
    site_order(world)
    read_log_of(world, confirmed_basis(world, is_automatic=True), log_of((NUMBER, SITE)))
    warn_exposed_people(noon)
    (queued,) = due(noon)
    with open_outbox() as outbox:
        outbox.end(queued.id, kind, to_ms(noon), {"problem": "switched off"})
    assert record_outcomes() == 1
    warning = ExposureWarning._base_manager.get()
    assert (warning.state, warning.problem, warning.changed_at) == (state, "switched off", noon)
