"""Every request for values is on record, counts once a day, and is refused above its budget."""

import threading
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import RequestFactory
from django.utils import timezone
from tests.command.people import World

from fanzha.command.audit.models import LogEntry
from fanzha.command.audit.services import recorded
from fanzha.command.organizations.disclosure_gate import (
    Candidate,
    DisclosurePool,
    DisclosureRefused,
    DisclosureRequest,
    charge_disclosure,
    delete_expired_counts,
    holder_of,
    record_disclosure,
    record_pending_disclosures,
)
from fanzha.command.organizations.models import ApiKey, DisclosedValue, DisclosureCount, RefusedDisclosure
from fanzha.command.organizations.selectors import build_key_viewer
from fanzha.command.organizations.viewer_middleware import ViewerMiddleware
from fanzha.command.web.roles import Role
from fanzha.command.web.viewer import Viewer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def small_budgets(home: Path) -> None:
    (home / "fanzha.toml").write_text(
        "[disclosure]\nvalues_per_hour = 10\nvalues_per_day = 15\nlisted_per_hour = 100\norganization_times = 2\n"
        "same_mask = 3\n"
    )


def request_of(
    keys: Sequence[object], pool: DisclosurePool = DisclosurePool.VALUES, mask: str = ""
) -> DisclosureRequest:
    return DisclosureRequest("lookup", pool, [Candidate("phone_number", str(key), mask) for key in keys], "a case")


def entries(kind: str) -> list[LogEntry]:
    return list(LogEntry._base_manager.filter(kind=kind))


@pytest.fixture
def analyst(world: World) -> Viewer:
    return world.viewer("carrier", Role.ANALYST)


def test_a_request_is_one_entry_with_counts_and_a_commitment_and_no_value(world: World, analyst: Viewer) -> None:
    record_disclosure(analyst, request_of(["+8617000001234", "+8617000001235"]))
    (entry,) = entries("values_disclosed")
    assert entry.actor == world.person("carrier", Role.ANALYST).ref
    assert '"values":2' in entry.facts and '"kinds":{"phone_number":2}' in entry.facts and "a case" in entry.facts
    assert '"commitment":"' in entry.facts and "1700000" not in entry.facts
    assert not DisclosedValue.objects.filter(digest__contains="1700000").exists()


def test_a_value_counts_once_a_day(analyst: Viewer) -> None:
    for _ in range(30):
        record_disclosure(analyst, request_of([1, 2]))
    assert set(DisclosureCount.objects.values_list("used", flat=True)) == {2}


def test_a_request_above_the_budget_is_refused_as_a_whole_and_on_record(world: World, analyst: Viewer) -> None:
    record_disclosure(analyst, request_of(range(8)))
    for _ in range(2):
        with pytest.raises(DisclosureRefused, match="10 values") as refused:
            record_disclosure(analyst, request_of(range(8, 12)))
        assert 0 < refused.value.retry_after <= 3_600
    record_disclosure(analyst, request_of(range(8, 10)))
    (refusal,) = RefusedDisclosure._base_manager.all()
    assert (refusal.times, refusal.shown, refusal.owner_id) == (2, "", world["carrier"].pk)
    assert len(entries("disclosure_refused")) == 1


def test_lists_with_a_purpose_have_a_budget_of_their_own(analyst: Viewer) -> None:
    record_disclosure(analyst, request_of(range(100), DisclosurePool.LISTED))
    record_disclosure(analyst, request_of(range(200, 210)))
    with pytest.raises(DisclosureRefused):
        record_disclosure(analyst, request_of(["another"], DisclosurePool.LISTED))


def test_weights_count_and_callers_may_log_themselves(analyst: Viewer) -> None:
    with pytest.raises(DisclosureRefused):
        candidates = [Candidate("row", "an export", weight=2_000_001)]
        charge_disclosure(analyst, DisclosureRequest("export", DisclosurePool.RELEASED, candidates))
    charge_disclosure(analyst, request_of(range(3)))
    assert entries("values_disclosed") == []


def test_a_text_counts_if_any_of_its_interpretations_is_new(analyst: Viewer) -> None:
    """Of a number of 16 digits two may be ignored by its likeliest kind, and differ by another kind."""
    for last_digits in range(5):
        candidates = [
            Candidate("device", "the same", text=str(last_digits)),
            Candidate("payment_account", f"card {last_digits}", weight=0, text=str(last_digits)),
            Candidate("trunk", f"name {last_digits}", weight=0),
        ]
        for _ in range(2):
            record_disclosure(analyst, DisclosureRequest("lookup", DisclosurePool.VALUES, candidates))
    assert set(DisclosureCount.objects.values_list("used", flat=True)) == {5}


def test_an_organisation_has_a_budget_for_all_its_people_and_keys(world: World, analyst: Viewer) -> None:
    key, _secret = ApiKey.make(world["carrier"], "a system", scopes=[], roles=["analyst"])
    record_disclosure(analyst, request_of(range(10)))
    record_disclosure(build_key_viewer(key), request_of(range(10)))
    with pytest.raises(DisclosureRefused, match="Your organisation"):
        record_disclosure(world.viewer("carrier", Role.REVIEWER), request_of(["another"]))
    record_disclosure(world.viewer("bank", Role.ANALYST), request_of(["another"]))


def test_keys_are_counted_each_for_itself(world: World) -> None:
    keys = [ApiKey.make(world["carrier"], name, scopes=[], roles=["analyst"])[0] for name in "ab"]
    viewers = [build_key_viewer(key) for key in keys]
    for viewer in viewers:
        record_disclosure(viewer, request_of(range(10)))
        with pytest.raises(DisclosureRefused):
            record_disclosure(viewer, request_of(["another"]))
    assert len({holder_of(viewer) for viewer in viewers}) == 2
    assert {refusal.actor for refusal in RefusedDisclosure._base_manager.all()} == {key.ref for key in keys}


def test_values_that_differ_only_in_masked_digits_are_refused_at_once(world: World, analyst: Viewer) -> None:
    record_disclosure(analyst, request_of([1, 2], mask="170••••1234"))
    with pytest.raises(DisclosureRefused, match="hidden characters"):
        record_disclosure(analyst, request_of([3, 4], mask="170••••1234"))
    record_disclosure(analyst, request_of([3], mask="170••••1234"))
    record_disclosure(analyst, request_of([5, 6], mask="170••••9999"))
    (refusal,) = RefusedDisclosure._base_manager.all()
    assert refusal.shown == "170••••1234" and '"reason":"same_mask"' in entries("disclosure_refused")[0].facts


def test_many_keys_of_one_organisation_try_one_mask_no_further(world: World) -> None:
    tried = 0
    with pytest.raises(DisclosureRefused):
        for name in "abcdefgh":
            key, _secret = ApiKey.make(world["carrier"], name, scopes=[], roles=["analyst"])
            record_disclosure(build_key_viewer(key), request_of(range(tried, tried + 3), mask="170••••1234"))
            tried += 3
    assert tried == 15


def test_counts_and_hashes_of_past_days_are_deleted(analyst: Viewer) -> None:
    record_disclosure(analyst, request_of([1]))
    delete_expired_counts(timezone.now())
    assert DisclosedValue.objects.exists() and DisclosureCount.objects.count() == 4
    delete_expired_counts(timezone.now() + timedelta(days=1))
    assert not DisclosedValue.objects.exists() and not DisclosureCount.objects.exists()


@pytest.mark.parametrize("is_rolled_back", [False, True])
def test_a_charge_outlives_the_transaction_that_it_was_made_in(analyst: Viewer, is_rolled_back: bool) -> None:
    """The answer of a request that is rolled back may have told something, such as by its error."""
    with suppress(ZeroDivisionError), recorded():
        record_disclosure(analyst, request_of([1, 2]))
        assert not is_rolled_back or 1 / 0
    record_pending_disclosures()
    record_pending_disclosures()
    assert set(DisclosureCount.objects.values_list("used", flat=True)) == {2}
    assert len(entries("values_disclosed")) == 1


@pytest.mark.django_db(transaction=True)
def test_at_the_edge_of_a_budget_one_of_two_simultaneous_requests_is_refused(analyst: Viewer) -> None:
    record_disclosure(analyst, request_of(range(5)))
    start, outcomes = threading.Barrier(2), list[str]()

    def ask(first: int) -> None:
        start.wait()
        try:
            record_disclosure(analyst, request_of(range(first, first + 4)))
            outcomes.append("answered")
        except DisclosureRefused:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=(first,)) for first in (100, 200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["answered", "refused"]
    assert set(DisclosureCount.objects.values_list("used", flat=True)) == {9}


def test_pages_say_what_to_do_when_a_budget_is_exhausted(world: World) -> None:
    middleware = ViewerMiddleware(lambda request: None)  # type: ignore[arg-type,return-value]
    request = RequestFactory().get("/subjects/")
    answer = middleware.process_exception(request, DisclosureRefused("Try again later.", 60))
    assert answer is not None and (answer.status_code, answer["Retry-After"]) == (429, "60")
    assert "Try again later." in answer.content.decode()
    assert middleware.process_exception(request, ValueError()) is None
