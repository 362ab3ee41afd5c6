"""What was decided on websites is listed; what is protected, watched or an exercise is not."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from tests.command.link_list.listed_sites import decide, judge, publish, refresh
from tests.command.people import World

from fanzha.claims.treatment import Treatment
from fanzha.claims.url_expressions import url_hash
from fanzha.command.link_list import services
from fanzha.command.link_list.models import PendingLink
from fanzha.command.subjects.selectors import TreatedSubject
from fanzha.command.subjects.services import withdraw_decision
from fanzha.command.web.scoping import unscoped
from fanzha.store.link_list import link_list_path, open_link_list


def listed(*hosts: str) -> dict[str, str]:
    """Return what clients do with hosts that are listed."""
    now = int(timezone.now().timestamp() * 1000)
    with open_link_list() as store:
        found = {host: store.find_matches(url_hash(f"{host}/")[:4], now) for host in hosts}
    return {host: matches[0].action.value for host, matches in found.items() if matches}


def test_a_decision_is_listed_and_leaves_with_its_withdrawal(
    world: World, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    publish(home, world)
    refresh()
    caplog.set_level("INFO", "fanzha.command.link_list")
    order = decide(world, "shop.example")
    decide(world, "label.example", Treatment.LABEL)
    assert PendingLink.objects.count() == 2
    refresh()
    assert listed("shop.example", "label.example", "other.example") == {
        "shop.example": "block",
        "label.example": "warn",
    }
    assert not PendingLink.objects.exists()
    assert "1 to block, 1 to warn of; 0 are spared" in caplog.text
    with unscoped("test"):
        withdraw_decision(order, "roll_back", timezone.now())
    refresh()
    assert listed("shop.example", "label.example") == {"label.example": "warn"}


def test_brands_allowed_names_addresses_and_shared_suffixes_are_never_listed(world: World, home: Path) -> None:
    publish(home, world, '[resolver_zone]\nname = "rpz.example"\nallowed_names = ["zone.example"]\n')
    hosts = ("icbc.com.cn", "pay.icbc.com.cn", "own.example", "zone.example", "192.0.2.7", "github.io", "a.github.io")
    for host in hosts:
        decide(world, host)
    refresh()
    assert listed(*hosts) == {"a.github.io": "block"}
    (home / "brands.toml").write_text(
        '[[brand]]\ndomain = "a.github.io"\nzh = "甲"\nen = "A"\nsector = "finance"\n', "utf-8"
    )
    refresh()
    assert listed(*hosts) == {}


def test_a_verdict_without_decision_is_listed_if_its_evidence_may_be_public(world: World, home: Path) -> None:
    publish(home, world)
    judge(world, "clear.example", queued=False)
    judge(world, "amber.example", marking="TLP:AMBER", queued=False)
    refresh()
    judge(world, "late.example")
    judge(world, "late-amber.example", marking="TLP:AMBER")
    refresh()
    hosts = ("clear.example", "amber.example", "late.example", "late-amber.example")
    assert listed(*hosts) == {"clear.example": "warn", "late.example": "warn"}
    publish(home, world, 'without_decision = ["TLP:AMBER"]\n')
    refresh()
    assert listed(*hosts) == {"amber.example": "warn", "late-amber.example": "warn"}


@pytest.mark.parametrize(
    "fields",
    [
        {"level": "watch"},
        {"level": "clear", "treatment": "allow"},
        {"treatment": "allow"},
        {"simulated": True},
        {"service": "text"},
        {"ingress": "interconnect"},
        {"direction": "incoming"},
        {"superseded_at": timezone.now()},
        {"owner": "carrier"},
        {"until": timezone.now() - timedelta(hours=1)},
    ],
    ids=["watched", "clear", "allowed", "exercise", "texts", "one ingress", "one direction", "old", "other", "ended"],
)
def test_what_is_no_public_verdict_of_the_publisher_is_not_listed(
    world: World, home: Path, fields: dict[str, Any]
) -> None:
    publish(home, world)
    judge(world, "shop.example", queued=False, **fields)
    refresh()
    assert listed("shop.example") == {}


def test_what_is_queued_while_the_list_is_built_stays_queued(
    world: World, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(home, world)
    judge(world, "shop.example")
    late = PendingLink.objects.get()
    PendingLink.objects.all().delete()

    def select(*_: object) -> Iterator[TreatedSubject]:
        PendingLink.objects.create(pk=late.pk, subject=late.subject, queued_at=late.queued_at)  # committed late
        yield from ()

    PendingLink.objects.create(pk=late.pk + 5, subject=late.subject, queued_at=late.queued_at)
    with monkeypatch.context() as patch:
        patch.setattr(services, "select_treated_subjects", select)
        refresh()
    assert [row.pk for row in PendingLink.objects.all()] == [late.pk]
    refresh()
    assert listed("shop.example") == {"shop.example": "warn"}


def test_the_strictest_scope_counts(world: World, home: Path) -> None:
    publish(home, world)
    judge(world, "shop.example", service="web", treatment="refuse")
    judge(world, "shop.example")
    refresh()
    assert listed("shop.example") == {"shop.example": "block"}


def test_links_of_the_operators_list_are_warned_of(world: World, home: Path) -> None:
    publish(home, world)
    (home / "lists").mkdir()
    (home / "lists" / "urls.txt").write_text("https://host.example/shop/index.html\n", "utf-8")
    refresh()
    with open_link_list() as store:
        first = store.last_version()
        assert store.find_matches(url_hash("host.example/shop/index.html")[:4], 0)
    refresh()
    (home / "lists" / "urls.txt").unlink()
    with open_link_list() as store:
        assert store.last_version() == first
    refresh()
    with open_link_list() as store:
        assert store.count_links() == {}


def test_without_the_setting_nothing_is_published_and_what_was_is_withdrawn(world: World, home: Path) -> None:
    refresh()
    assert not link_list_path().exists()
    publish(home, world)
    decide(world, "shop.example")
    refresh()
    assert listed("shop.example")
    settings = home / "fanzha.toml"
    text = settings.read_text("utf-8")
    settings.write_text(text.replace("enabled = true", "enabled = false"), "utf-8")
    decide(world, "late.example")
    assert not PendingLink.objects.exists()
    refresh()
    assert listed("shop.example", "late.example") == {}
    settings.write_text(text, "utf-8")
    refresh()
    assert listed("shop.example", "late.example") == {"shop.example": "block", "late.example": "block"}
