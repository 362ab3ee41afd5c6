"""A version is written by one and approved by another; one is in use at a time, and each act is in the log."""

from pathlib import Path

import pytest
from tests.command.people import World
from tests.command.warnings.wordings_made import TEXTS, approved, write

from fanzha.base.words import Words
from fanzha.command.audit.models import LogEntry
from fanzha.command.warnings.models import WordingState
from fanzha.command.warnings.services import (
    approve_wording,
    reject_wording,
    use_shipped_wording,
    use_wording,
    write_wording,
)
from fanzha.command.web.roles import Role
from fanzha.processes.refusal import Reason, Refusal


def test_who_wrote_a_version_does_not_decide_about_it(world: World, home: Path) -> None:
    row = write(world)
    with pytest.raises(Refusal) as refused:
        approve_wording(row, world.person("carrier", Role.ANALYST), is_used=True)
    assert refused.value.reason is Reason.SAME_PERSON
    approve_wording(row, world.person("carrier", Role.REVIEWER), is_used=True)
    with pytest.raises(Refusal):
        reject_wording(row, world.person("carrier", Role.REVIEWER))


def test_one_version_is_in_use_and_an_earlier_one_comes_back(world: World, home: Path) -> None:
    first, second, reviewer = (
        approved(world, is_used=True),
        approved(world, is_used=True),
        world.person("carrier", Role.REVIEWER),
    )
    first.refresh_from_db()
    assert (first.number, second.number) == (1, 2) and not first.in_use and second.in_use
    use_wording(first, reviewer)
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.in_use and not second.in_use
    use_shipped_wording(first, reviewer)
    with pytest.raises(Refusal):
        use_shipped_wording(first, reviewer)
    kinds = [*LogEntry._base_manager.filter(kind__startswith="wording").order_by("pk").values_list("kind", flat=True)]
    assert kinds == [*["wording_written", "wording_decided"] * 2, "wording_used", "wording_dropped"]


def test_a_rejected_version_is_never_used(world: World, home: Path) -> None:
    row, reviewer = write(world), world.person("carrier", Role.REVIEWER)
    reject_wording(row, reviewer)
    row.refresh_from_db()
    assert row.state == WordingState.REJECTED
    with pytest.raises(Refusal):
        use_wording(row, reviewer)


def test_a_text_with_a_link_is_not_even_a_draft(world: World, home: Path) -> None:
    with pytest.raises(Refusal) as refused:
        write(world, Words(TEXTS.zh + " http://a.example", TEXTS.en))
    assert set(refused.value.fields) == {"zh"}
    with pytest.raises(Refusal) as refused:
        write_wording(world["carrier"], "none", "pigeon", TEXTS, world.person("carrier", Role.ANALYST))
    assert set(refused.value.fields) == {"fraud_type", "channel"}
