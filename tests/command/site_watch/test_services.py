"""Candidates come to the site once, and a person dismisses one or hands it on."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from tests.command.people import World
from tests.command.site_watch.queue import fill, fill_mentions, follow_demo_log, write_settings

from fanzha.command.captures.models import Capture
from fanzha.command.processes.selectors import find_instances
from fanzha.command.reports.models import Report
from fanzha.command.site_watch.models import CandidateSite, CandidateState, ForkEvidence
from fanzha.command.site_watch.services import (
    dismiss_candidate,
    hand_on_candidate,
    import_candidates,
    list_suspect_mentions,
    submit_reported_sites,
)
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.processes.refusal import Refusal
from fanzha.store.site_watch import open_site_watch

ROWS = CandidateSite._base_manager


def test_nothing_is_taken_over_before_anything_was_watched(world: World, home: Path) -> None:
    assert import_candidates(timezone.now()) == 0
    assert not (home / "site_watch").exists()


def test_candidates_are_taken_over_once_for_the_organisation_of_the_settings(world: World, home: Path) -> None:
    fill(home, "a.example", "b.example", per_brand=1)
    assert import_candidates(timezone.now()) == 0, "without an owner they wait"
    write_settings(world, home)
    assert import_candidates(timezone.now()) == 2
    assert import_candidates(timezone.now()) == 0
    rows = {row.subject: (row.owner, row.is_within, row.state) for row in ROWS.all()}
    carrier = world["carrier"]
    assert rows == {
        "a.example": (carrier, True, CandidateState.OPEN),
        "b.example": (carrier, False, CandidateState.OPEN),
    }


def test_a_candidate_that_comes_again_after_a_kill_is_one(world: World, home: Path) -> None:
    write_settings(world, home)
    for _ in range(2):
        fill(home, "a.example")
        import_candidates(timezone.now())
    assert ROWS.count() == 1


def test_a_name_that_mentions_a_brand_is_looked_at_and_listed_only_if_its_page_is_suspect(
    world: World, home: Path
) -> None:
    write_settings(world, home)
    with (home / "fanzha.toml").open("a") as settings:
        settings.write("[look]\nenabled = true\n")
    fill_mentions(home, "suspect.example", "clean.example", "strange.example", "old.example")
    now = timezone.now()
    assert import_candidates(now) == 4
    assert import_candidates(now) == 0
    looks = Capture._base_manager
    assert set(looks.values_list("host", flat=True)) == {
        f"www.{name}.example" for name in ("suspect", "clean", "strange", "old")
    }
    assert list_suspect_mentions(now) == 0
    suspect = {"state": "seen", "score": 0.9, "looked_at": now}
    looks.filter(host="www.suspect.example").update(**suspect)
    looks.filter(host="www.clean.example").update(state="seen", looked_at=now)
    looks.filter(host="www.strange.example").update(**suspect, owner=world["centre"])
    looks.filter(host="www.old.example").update(**suspect | {"looked_at": now - timedelta(days=2)})
    assert list_suspect_mentions(now) == 1
    assert list_suspect_mentions(now) == 0
    rows = {row.subject: (row.is_mention, row.is_suspect, row.score) for row in ROWS.all()}
    assert rows["suspect.example"] == (True, True, 0.9)
    assert rows["clean.example"] == rows["strange.example"] == rows["old.example"] == (True, False, 0.2)


def test_a_fork_is_kept_once_with_both_heads(world: World, home: Path) -> None:
    write_settings(world, home)
    with open_site_watch(home) as store:
        follow_demo_log(store)
        store.add_fork(bytes(32), b"known head", b"other head", "two roots", 7)
    for _ in range(2):
        import_candidates(timezone.now())
    row = ForkEvidence._base_manager.get()
    assert (row.log_name, row.known, row.other) == ("demo", "known head", "other head")


def test_sites_of_new_reports_are_handed_to_the_watch_once(world: World, home: Path) -> None:
    write_settings(world, home)
    for owner, value, text in (
        ("carrier", "pay-bank.example", "see https://other.example/x"),
        ("far_carrier", "far.example", ""),
    ):
        Report._base_manager.create(
            owner=world[owner], channel="web", category="link", target_kind="site", subject_kind="website",
            value=value, text=text, receipt=value, received_at=timezone.now(),
        )  # fmt: skip
    assert submit_reported_sites(timezone.now()) == 0, "nothing is watched"
    (home / "fanzha.toml").write_text(f'[site_watch]\nowner = "{world["carrier"].ref}"\nfolder = "names"\n')
    assert submit_reported_sites(timezone.now()) == 2
    assert submit_reported_sites(timezone.now()) == 0
    with open_site_watch(home) as store, store.transaction():
        taken = store.take_submitted(10)
        assert {one.name for one in taken["reports"]} == {"pay-bank.example", "other.example"}
        assert store.take_submitted(10) == {}


@pytest.fixture
def candidate(world: World, home: Path) -> CandidateSite:
    write_settings(world, home)
    fill(home, "pay-bank.example")
    import_candidates(timezone.now())
    return ROWS.select_related("owner").get()


def test_a_dismissal_has_a_reason_and_is_final(world: World, candidate: CandidateSite) -> None:
    viewer = world.viewer("carrier", Role.ANALYST)
    with pytest.raises(Refusal):
        dismiss_candidate(candidate, viewer, "  ")
    dismiss_candidate(candidate, viewer, "a shop of that name")
    row = ROWS.get()
    assert (row.state, row.reason) == (CandidateState.DISMISSED, "a shop of that name")
    assert row.decided_by == world.person("carrier", Role.ANALYST)
    with pytest.raises(Refusal):
        dismiss_candidate(candidate, viewer, "again")
    with pytest.raises(Refusal):
        hand_on_candidate(candidate, viewer)


def test_a_candidate_is_handed_on_to_the_process_of_sites(world: World, candidate: CandidateSite) -> None:
    ref = hand_on_candidate(candidate, world.viewer("carrier", Role.ANALYST))
    row = ROWS.get()
    assert (row.state, row.process) == (CandidateState.HANDED_ON, ref)
    instance = find_instances(unscoped("a test reads it")).get(ref=ref)
    assert (instance.process, instance.state, instance.owner) == ("indicator", "reported", world["carrier"])


def test_who_may_not_open_the_process_decides_nothing(world: World, candidate: CandidateSite) -> None:
    with pytest.raises(Refusal):
        hand_on_candidate(candidate, world.viewer("carrier", Role.CLERK))
    assert ROWS.get().state == CandidateState.OPEN
