"""What an operator says of the site is taken as said, and what cannot be is refused with the file, the key, the fix."""

import re
from pathlib import Path

import msgspec
import pytest

from fanzha.base.errors import UsageError
from fanzha.command.web.configuration import (
    AT_HOME,
    Configuration,
    OpenIdProvider,
    configuration,
    database,
    provider_apps,
)


@pytest.fixture(autouse=True)
def nothing_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FANZHA_DATABASE_URL", "FANZHA_HOSTS", "FANZHA_ADDRESS"):
        monkeypatch.delenv(name, raising=False)


def said(folder: Path, text: str) -> Path:
    (folder / "fanzha.toml").write_text(text, "utf-8")
    return folder


def test_without_a_file_the_site_answers_this_machine_alone(tmp_path: Path) -> None:
    made = configuration(tmp_path)
    assert made.allowed_hosts == AT_HOME
    assert not made.is_public


def test_other_rooms_tables_are_passed_over(tmp_path: Path) -> None:
    assert configuration(said(tmp_path, "[screen]\nport = 5060\n")).zone == "Asia/Shanghai"


def test_what_the_file_says_is_taken(tmp_path: Path) -> None:
    text = '[site]\naddress = "https://fanzha.example"\nhosts = ["fanzha.example"]\nzone = "Asia/Urumqi"\nproxies = 1\n'
    made = configuration(said(tmp_path, text))
    assert made.allowed_hosts == ("fanzha.example", *AT_HOME)
    assert (made.is_public, made.zone, made.proxies) == (True, "Asia/Urumqi", 1)


def test_the_environment_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FANZHA_HOSTS", "a.example, b.example")
    monkeypatch.setenv("FANZHA_ADDRESS", "https://a.example")
    monkeypatch.setenv("FANZHA_DATABASE_URL", "postgresql://a@b/c")
    made = configuration(said(tmp_path, '[site]\nhosts = ["file.example"]\naddress = "https://file.example"\n'))
    assert made.hosts == ("a.example", "b.example")
    assert (made.address, made.database_url) == ("https://a.example", "postgresql://a@b/c")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[site]\ncolour = 'red'\n", "colour"),
        ("[site]\nproxies = 'two'\n", r"\$\.proxies"),
        ("site = 3\n", "site is no table"),
        ("[site\n", r"fanzha\.toml"),
        ("[site]\nhosts = ['fanzha.example']\naddress = 'http://fanzha.example'\n", "no https:// address"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says) as refused:
        configuration(said(tmp_path, text))
    assert refused.value.fix


def test_without_a_url_the_database_is_a_file_of_the_state_folder(tmp_path: Path) -> None:
    made = database("", tmp_path)
    assert made["NAME"] == str(tmp_path / "fanzha.sqlite3")
    assert "journal_mode=WAL" in made["OPTIONS"]["init_command"]


WAITS = {"connect_timeout": "5", "tcp_user_timeout": "10000"}


def test_how_long_a_gone_server_is_waited_for_can_be_set(tmp_path: Path) -> None:
    made = database("postgresql://a@b/c?connect_timeout=2", tmp_path)
    assert made["OPTIONS"] == WAITS | {"connect_timeout": "2"}


def test_a_url_names_every_part_of_a_postgresql(tmp_path: Path) -> None:
    made = database("postgresql://a%40b:p%2Fw@db.example:5433/fan%20zha?sslmode=require", tmp_path)
    parts = [made[name] for name in ("USER", "PASSWORD", "HOST", "PORT", "NAME")]
    assert parts == ["a@b", "p/w", "db.example", "5433", "fan zha"]
    assert made["OPTIONS"] == WAITS | {"sslmode": "require"}


def test_a_socket_is_named_by_its_folder(tmp_path: Path) -> None:
    made = database("postgresql:///fanzha?host=/run/postgresql", tmp_path)
    assert (made["HOST"], made["OPTIONS"]) == ("/run/postgresql", WAITS)


@pytest.mark.parametrize("url", ["mysql://a@b/c", "postgresql://host", "fanzha.sqlite3"])
def test_another_database_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(UsageError, match="FANZHA_DATABASE_URL"):
        database(url, tmp_path)


PROVIDER = """[[site.providers]]
name = "carrier"
title = "Example carrier"
server = "https://login.carrier.example"
client = "fanzha"
secret_file = "carrier"
domains = ["Carrier.example"]
"""


def test_an_organisations_login_is_read_with_its_secret(tmp_path: Path) -> None:
    made = configuration(said(tmp_path, PROVIDER))
    (tmp_path / "keys").mkdir()
    secret = tmp_path / "keys" / "carrier"
    secret.write_text("a secret\n", "utf-8")
    secret.chmod(0o600)
    app = provider_apps(made, tmp_path)[0]
    assert (app["secret"], app["settings"]["domains"]) == ("a secret", ["carrier.example"])
    assert made.provider_origins == ("https://login.carrier.example",)
    secret.chmod(0o644)
    with pytest.raises(UsageError, match="read by others"):
        provider_apps(made, tmp_path)
    secret.unlink()
    with pytest.raises(UsageError, match="is not there"):
        provider_apps(made, tmp_path)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [('domains = ["Carrier.example"]', "domains is empty"), ("https://login.carrier.example", "no https:// address")],
)
def test_a_login_without_tls_or_domains_is_refused(tmp_path: Path, wrong: str, says: str) -> None:
    text = PROVIDER.replace(wrong, "http://login.carrier.example" if "https" in wrong else "")
    with pytest.raises(UsageError, match=says):
        configuration(said(tmp_path, text))


@pytest.mark.parametrize("text", ["idle_minutes = 0", "session_hours = 99", "upload_megabytes = 0"])
def test_ages_and_sizes_stay_within_reason(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError):
        configuration(said(tmp_path, f"[site]\n{text}\n"))


@pytest.mark.parametrize("table", [Configuration, OpenIdProvider])
def test_every_field_stands_on_its_page(table: type) -> None:
    page = (Path(__file__).resolve().parents[3] / "docs" / "reference" / "site-settings.md").read_text("utf-8")
    told = set(re.findall(r"^\| `(\w+)` \|", page, re.M))
    assert {field.name for field in msgspec.structs.fields(table)} <= told
