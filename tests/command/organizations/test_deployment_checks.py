"""Each insecure thing is named where it is, and what is in order is not."""

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from django.utils import timezone
from pytest_django import Settings
from tests.command.organizations.second_factors import set_up
from tests.command.people import World

from fanzha.command.organizations.deployment_checks import Weakness, find_weaknesses
from fanzha.command.organizations.models import ApiKey, Membership, Organization, Person
from fanzha.command.web.configuration import Configuration, OpenIdProvider, TimestampAuthority
from fanzha.command.web.roles import Kind, Role

SAFE = Configuration(
    address="https://fanzha.example",
    hosts=("fanzha.example",),
    proxies=1,
    email="mail.example:25",
    anchors=("/somewhere/else",),
    breached_passwords="/somewhere/breached.txt",
    scanner="/run/clamav/clamd.ctl",
)


def told(said: Configuration, folder: Path) -> list[Weakness]:
    return [
        one
        for one in find_weaknesses(said, folder)
        if one.where != "user" and not one.where.startswith(("security.", "processes."))
    ]


def grave(said: Configuration, folder: Path) -> str:
    return "\n".join(one.words.en for one in told(said, folder) if one.grave)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    tmp_path.chmod(0o700)
    (tmp_path / "keys").mkdir()
    return tmp_path


@pytest.fixture
def in_order(db: None) -> Organization:
    """One organisation with an administrator who has a second factor."""
    made = Organization.objects.create(name_zh="示例", name_en="Example", kind=Kind.REGULATOR)
    person = Person.objects.create_user("boss@example.example", name="Boss")
    Membership.objects.create(person=person, organization=made, role=Role.ADMINISTRATOR)
    set_up(person)
    return made


def test_what_is_in_order_is_not_told(in_order: Organization, folder: Path) -> None:
    assert told(SAFE, folder) == []


def test_settings_that_are_weak_are_told(in_order: Organization, folder: Path) -> None:
    provider = OpenIdProvider("a", "A", "https://a.example", "x", "y", ("a.example",), second_factor=True)
    weak = Configuration(hosts=("fanzha.example",), second_factor_optional=("outlet",), providers=(provider,))
    places = {one.where for one in told(weak, folder)}
    assert places == {
        "fanzha.toml [site] proxies",
        "fanzha.toml [site] email",
        "fanzha.toml [site] anchors",
        "fanzha.toml [site] second_factor_optional",
        "fanzha.toml [site] breached_passwords",
        "fanzha.toml [site] scanner",
        "[[site.providers]]",
    }
    assert [
        one.where
        for one in told(SAFE.__class__(email="m", anchors=("a",), breached_passwords="b", scanner="/s"), folder)
    ] == ["fanzha.toml [site] hosts"]


@pytest.mark.parametrize(("scheme", "places"), [("http", ["[site.timestamps] url"]), ("https", [])])
def test_an_authority_that_is_asked_by_http_is_told(
    in_order: Organization, folder: Path, scheme: str, places: list[str]
) -> None:
    authority = TimestampAuthority(f"{scheme}://timestamps.example/", "/etc/fanzha/timestamps.pem")
    settings = msgspec.structs.replace(SAFE, timestamps=authority)
    assert [weakness.where for weakness in told(settings, folder)] == places


@pytest.mark.parametrize(
    ("url", "is_open"),
    [
        ("", False),
        ("postgresql://fanzha@/fanzha?host=/run/postgresql", False),
        ("postgresql://fanzha@127.0.0.1/fanzha", False),
        ("postgresql://fanzha@db.example/fanzha", True),
        ("postgresql://fanzha@db.example/fanzha?sslmode=require", True),
        ("postgresql://fanzha@db.example/fanzha?sslmode=verify-full", False),
    ],
)
def test_a_database_elsewhere_without_a_checked_certificate_is_grave(
    in_order: Organization, folder: Path, url: str, is_open: bool
) -> None:
    said = Configuration(SAFE.address, SAFE.hosts, url, proxies=1, email=SAFE.email, anchors=SAFE.anchors)
    assert ("verify-full" in grave(said, folder)) is is_open


def test_keys_that_others_may_read_are_grave(in_order: Organization, folder: Path) -> None:
    (folder / "keys" / "site").write_bytes(b"x")
    (folder / "keys" / "site").chmod(0o644)
    assert "others may read it" in grave(SAFE, folder)


def test_an_organisation_without_administrator_is_told(in_order: Organization, folder: Path) -> None:
    Membership.objects.update(until=timezone.now())
    assert "it has no administrator" in "\n".join(one.words.en for one in told(SAFE, folder))


def test_an_installation_without_organisations_is_told(db: None, folder: Path) -> None:
    assert [one.where for one in told(SAFE, folder)] == ["organisations"]


def test_people_without_a_second_factor_are_counted(in_order: Organization, folder: Path) -> None:
    person = Person.objects.create_user("new@example.example", name="New")
    Membership.objects.create(person=person, organization=in_order, role=Role.ANALYST)
    assert "1 people" in "\n".join(one.words.en for one in told(SAFE, folder))


def test_simulated_organisations_beside_real_ones_are_grave(world: World, in_order: Organization, folder: Path) -> None:
    assert "simulated and real organisations are on the same site" in grave(SAFE, folder)


def test_keys_that_never_end_or_are_not_used_are_told(in_order: Organization, folder: Path) -> None:
    made, _secret = ApiKey.make(in_order, "old")
    ApiKey.objects.filter(pk=made.pk).update(created_at=timezone.now() - timedelta(days=91))
    found = "\n".join(one.words.en for one in told(SAFE, folder))
    assert "never expires" in found and "not used in 90 days" in found


def test_django_is_asked_too(in_order: Organization, folder: Path, settings: Settings) -> None:
    settings.SECRET_KEY = "short"
    assert "security.W009" in {one.where for one in find_weaknesses(SAFE, folder)}
