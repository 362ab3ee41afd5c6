"""A number is proposed to be spared on its subject, and is when another person agrees: list, screens, counts."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from tests.command.people import World
from tests.command.subjects.factories import finding_row, subject

from fanzha.base.clock import to_ms
from fanzha.claims.contents_builder import ContentsBuilder
from fanzha.command.audit.models import LogEntry
from fanzha.command.imports.models import ImportJob
from fanzha.command.imports.services import approve, withdraw
from fanzha.command.orders.exclusions import allowlisted_targets
from fanzha.command.organizations.models import ApiKey
from fanzha.command.organizations.selectors import build_key_viewer
from fanzha.command.subjects.allowlist import (
    AllowlistProposal,
    AllowlistStatus,
    allowlist_status,
    may_propose,
    propose_entry,
)
from fanzha.command.subjects.models import Subject
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to
from fanzha.command.web.viewer import Viewer
from fanzha.dispose import Target
from fanzha.processes.refusal import Refusal
from fanzha.screen.mapped_snapshot import MappedSnapshot
from fanzha.store.allowlist import load_allowlist
from fanzha.store.snapshots import SnapshotStore

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]
END = timezone.now() + timedelta(days=30)
HOSPITAL = AllowlistProposal("trunk", "MSC-1", "示例医院", "合同 7", END)


def proposed(viewer: Viewer, sparing: AllowlistProposal = HOSPITAL, about: Subject | None = None) -> ImportJob:
    with scoped_to(viewer):
        return propose_entry(about or subject(), sparing, viewer, timezone.now()).job


def stands(viewer: Viewer) -> AllowlistStatus:
    with scoped_to(viewer):
        return allowlist_status(subject(), timezone.now())


def test_a_proposal_counts_when_another_person_agrees_until_it_is_taken_back(world: World) -> None:
    viewer = world.viewer("carrier", Role.ANALYST)
    job = proposed(viewer)
    assert job.state == "proposed" and len(load_allowlist()) == 0
    (waiting,) = stands(viewer).waiting
    assert (waiting.number, waiting.holder, waiting.proof) == (subject().value, "示例医院", "合同 7")
    with pytest.raises(Refusal, match="another person"):
        approve(job, world.person("carrier", Role.ANALYST))
    approve(job, world.person("carrier", Role.REVIEWER))
    (held,) = stands(viewer).active
    assert (held.owner, held.origin.en) == ("示例医院", "trunk MSC-1") and not stands(viewer).waiting
    assert held.until is not None and abs(held.until - END) < timedelta(seconds=1)
    withdraw(job, world.person("carrier", Role.REVIEWER))
    assert stands(viewer) == AllowlistStatus([], [])


def test_orders_and_the_screens_know_it_once_it_counts(world: World) -> None:
    target, now, store = Target("phone_number", subject().value), to_ms(timezone.now()), SnapshotStore()
    store.publish_base(ContentsBuilder().build(), at=1)
    job = proposed(world.viewer("carrier", Role.ANALYST))
    assert not allowlisted_targets([target], now)
    approve(job, world.person("carrier", Role.REVIEWER))
    assert "示例医院" in allowlisted_targets([target], now)[target].en
    served = store.state()
    assert served is not None
    assert [one.number for one in MappedSnapshot(served.base, served.deltas).lists.allowlist.numbers] == [
        subject().value
    ]


def test_the_same_proposal_again_is_the_same(world: World) -> None:
    viewer = world.viewer("carrier", Role.ANALYST)
    first = proposed(viewer)
    assert proposed(viewer).pk == first.pk
    assert LogEntry._base_manager.filter(kind="spare_proposed", about=subject().ref).count() == 1
    approve(first, world.person("carrier", Role.REVIEWER))
    withdraw(first, world.person("carrier", Role.REVIEWER))
    assert proposed(viewer).pk != first.pk


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (HOSPITAL._replace(origin=" "), "origin"),
        (HOSPITAL._replace(origin_kind="ingress", origin="the moon"), "origin"),
        (HOSPITAL._replace(owner=""), "owner"),
        (HOSPITAL._replace(proof="\t"), "proof"),
        (HOSPITAL._replace(until=timezone.now() - timedelta(days=1)), "until"),
    ],
)
def test_what_is_missing_is_told_and_nothing_is_kept(world: World, wrong: AllowlistProposal, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        proposed(world.viewer("carrier", Role.ANALYST), wrong)
    assert set(refused.value.fields) == {field} and not ImportJob._base_manager.exists()


def test_only_numbers_are_spared_by_those_who_keep_the_list(world: World) -> None:
    viewer, bank = world.viewer("carrier", Role.ANALYST), world.viewer("bank", Role.ANALYST)
    site, hidden = subject("https://a.example/", "website"), subject("ab" * 20)
    for about in (site, hidden):
        assert not may_propose(about, viewer, world["carrier"])
        with pytest.raises(Refusal, match="Only a telephone number"):
            proposed(viewer, about=about)
    with pytest.raises(Refusal, match="does not keep an allowlist"):
        proposed(bank)
    assert may_propose(subject(), viewer, world["carrier"]) and not may_propose(subject(), bank, world["bank"])
    assert not may_propose(subject(), world.viewer("carrier", Role.EXECUTOR), world["carrier"])
    assert stands(viewer) == AllowlistStatus([], [])


def test_whoever_made_the_key_that_proposed_may_not_agree(world: World) -> None:
    reviewer = world.person("carrier", Role.REVIEWER)
    key, _secret = ApiKey.make(world["carrier"], "system", made_by=reviewer, roles=["analyst"])
    job = proposed(build_key_viewer(key))
    with pytest.raises(Refusal, match="another person"):
        approve(job, reviewer)


def test_a_list_that_cannot_be_read_is_told_and_breaks_no_page(world: World, home: Path) -> None:
    finding_row(world["carrier"])
    (home / "lists").mkdir()
    (home / "lists" / "spared.csv").write_text("number,origin\n", "utf-8")
    assert stands(world.viewer("carrier", Role.ANALYST)).is_broken
    page = world.client("carrier", Role.ANALYST).get(f"/subjects/{subject().ref}/")
    assert page.status_code == 200 and "The allowlist cannot be read" in page.content.decode()


def test_proposals_of_others_do_not_show(world: World) -> None:
    finding_row(world["other_carrier"])
    proposed(world.viewer("carrier", Role.ANALYST))
    assert stands(world.viewer("other_carrier", Role.ANALYST)).waiting == []
