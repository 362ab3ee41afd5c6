"""`fanzha site` takes the first organisation in and invites its administrator; there is no account to begin with."""

import json
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner, Result
from django.test import Client
from pytest_django import Settings
from tests.command.people import PASSWORD

from fanzha.base.errors import UsageError
from fanzha.cli import fanzha
from fanzha.command.organizations.models import Membership, Organization, Person, RefusedDisclosure

pytestmark = pytest.mark.django_db(transaction=True)
NEW = ("create-organization", "--kind", "regulator", "--zh", "示例管局", "--en", "Example administration")


def site(*words: str) -> Result:
    return CliRunner().invoke(fanzha, ["site", *words])


def test_an_installation_begins_with_nobody() -> None:
    assert not Person.objects.exists() and not Organization.objects.exists()


def test_the_first_administrator_joins_by_the_printed_link() -> None:
    result = site(*NEW, "--province", "51")
    assert result.exit_code == 0, result.output
    invited = site("invite", result.stdout.strip(), "boss@administration.example", "--name", "Boss")
    link = invited.stdout.strip().removeprefix("http://127.0.0.1:8470")
    assert link.startswith("/join/") and "works once" in invited.stderr
    client = Client()
    client.post(link, {"phrase": PASSWORD, "again": PASSWORD})
    assert client.get("/")["Location"] == "/second-factor/"
    assert Membership.objects.get().role == "administrator"
    assert Organization.objects.get().province == "51"


def test_the_link_names_the_address_of_the_site(settings: Settings) -> None:
    settings.SITE_ADDRESS = "https://fanzha.example"
    result = site(*NEW)
    invited = site("invite", result.stdout.strip(), "boss@administration.example", "--name", "Boss")
    assert invited.stdout.startswith("https://fanzha.example/join/")


@pytest.mark.parametrize(
    "words",
    [
        ("create-organization", "--kind", "empire", "--zh", "甲", "--en", "A"),
        ("create-organization", "--kind", "mvno", "--zh", "甲", "--en", "A"),
        ("create-organization", "--kind", "mvno", "--zh", "甲", "--en", "A", "--host", "NOBODY"),
        ("invite", "NOBODY", "a@b.example", "--name", "A"),
    ],
)
def test_what_cannot_be_is_a_usage_error(words: tuple[str, ...]) -> None:
    assert isinstance(site(*words).exception, UsageError)


def test_a_role_that_there_is_not_is_a_usage_error() -> None:
    made = site(*NEW, "--without-second-factor")
    assert not Organization.objects.get().second_factor
    result = site("invite", made.stdout.strip(), "a@b.example", "--name", "A", "--role", "emperor")
    assert isinstance(result.exception, UsageError)


def test_the_check_names_what_is_insecure_and_ends_with_1_if_it_is_grave() -> None:
    site(*NEW, "--without-second-factor")
    result = site("check")
    assert result.exit_code == 1
    assert "its people need no second factor" in result.output and "不要求两步验证" in result.output


def test_retention_lists_laws_and_deletes_only_when_told() -> None:
    owner = site(*NEW).stdout.strip()
    at = datetime(2001, 1, 1, tzinfo=UTC)
    RefusedDisclosure._base_manager.create(
        owner=Organization.objects.get(ref=owner), actor="x", day=1, first_at=at, last_at=at
    )
    shown = site("retention", "--dry-run")
    assert shown.exit_code == 0, shown.output
    (line,) = (line for line in shown.stdout.splitlines() if line.startswith("organizations.RefusedDisclosure"))
    assert line.split() == [
        "organizations.RefusedDisclosure", "184", "1096", "366", "1", "0", "2001-01-01T00:00:00+00:00",
        "CSL21,PIPL19,POL",
    ]  # fmt: skip
    assert RefusedDisclosure._base_manager.count() == 1
    applied = json.loads(site("retention", "--apply", "--json").stdout)
    deleted = {row["table"]: row["deleted"] for row in applied["tables"]}
    assert applied["applied"] and deleted["organizations.RefusedDisclosure"] == 1
    assert not RefusedDisclosure._base_manager.exists()


def test_retention_is_either_shown_or_applied() -> None:
    assert isinstance(site("retention", "--dry-run", "--apply").exception, UsageError)
