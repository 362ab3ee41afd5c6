"""Settings of the site: `[site]` in `fanzha.toml` of the state folder, and environment variables."""

import os
import tomllib
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import parse_qs, unquote, urlsplit

import msgspec

from fanzha.base.errors import UsageError
from fanzha.store.state_folder import state_folder

#: Loopback hosts. A site with other hosts is public and needs its public address.
AT_HOME = ("127.0.0.1", "localhost", "[::1]")


class OpenIdProvider(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An organisation's OpenID Connect provider. Its secret is stored in `keys/`, not in the settings."""

    name: str
    title: str
    server: str
    client: str
    secret_file: str
    domains: tuple[str, ...] = ()
    second_factor: bool = False

    def app(self, folder: Path) -> dict[str, Any]:
        """Return the provider's allauth settings. Raise UsageError if the secret is missing or readable by others."""
        path = folder / "keys" / self.secret_file
        where = f"[[site.providers]] {self.name}"
        if not path.is_file():
            raise UsageError(f"{where}: {path} is not there", fix="put the client secret into it, mode 600")
        if path.stat().st_mode & 0o077:
            raise UsageError(f"{where}: {path} can be read by others", fix=f"chmod 600 {path}")
        return {
            "provider_id": self.name,
            "name": self.title,
            "client_id": self.client,
            "secret": path.read_text("utf-8").strip(),
            "settings": {
                "server_url": self.server,
                "domains": [domain.casefold() for domain in self.domains],
                "second_factor": self.second_factor,
            },
        }


class TimestampAuthority(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An authority that time-stamps anchors of the evidence log (RFC 3161): the table `[site.timestamps]`.

    `ca_file` is a PEM file with its root certificate, and intermediate ones if responses lack them. `policy` is the OID
    that time-stamps must have, "" for any. `is_internal` allows a private address.
    """

    url: str
    ca_file: str
    policy: Annotated[str, msgspec.Meta(pattern=r"^([0-2](\.\d+)+)?$")] = ""
    is_internal: bool = False
    every_minutes: Annotated[int, msgspec.Meta(ge=1, le=24 * 60)] = 10


class Configuration(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[site]`; the fields are described in docs/reference/site-settings.md."""

    address: str = ""
    hosts: tuple[str, ...] = ()
    database_url: str = ""
    zone: str = "Asia/Shanghai"
    language: str = "zh-hans"
    anchors: tuple[str, ...] = ()
    proxies: int = 0
    email: str = ""
    providers: tuple[OpenIdProvider, ...] = ()
    idle_minutes: Annotated[int, msgspec.Meta(ge=5, le=24 * 60)] = 60
    session_hours: Annotated[int, msgspec.Meta(ge=1, le=24)] = 12
    second_factor_optional: tuple[str, ...] = ()
    upload_megabytes: Annotated[int, msgspec.Meta(ge=1, le=1024)] = 64
    unused_uploads: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 1_000
    unused_upload_megabytes: Annotated[int, msgspec.Meta(ge=50, le=10_000_000)] = 5_000
    breached_passwords: str = ""
    scanner: str = ""
    timestamps: TimestampAuthority | None = None

    @property
    def allowed_hosts(self) -> tuple[str, ...]:
        """Return the host names of the site."""
        return (*self.hosts, *AT_HOME) if self.hosts else AT_HOME

    @property
    def is_public(self) -> bool:
        """Return whether other machines can reach the site."""
        return bool(self.hosts)

    @property
    def provider_origins(self) -> tuple[str, ...]:
        """Return scheme and host of the identity providers."""
        parts = [urlsplit(one.server) for one in self.providers]
        return tuple(dict.fromkeys(f"{one.scheme}://{one.netloc}" for one in parts))


def configuration(folder: Path | None = None) -> Configuration:
    """Return the settings; environment variables take precedence. Raise UsageError with file, key and fix."""
    path = (folder or state_folder()) / "fanzha.toml"
    told: dict[str, Any] = _table(path)
    if url := os.environ.get("FANZHA_DATABASE_URL"):
        told["database_url"] = url
    if hosts := os.environ.get("FANZHA_HOSTS"):
        told["hosts"] = [host.strip() for host in hosts.split(",") if host.strip()]
    if address := os.environ.get("FANZHA_ADDRESS"):
        told["address"] = address
    try:
        made = msgspec.convert(told, Configuration)
    except msgspec.ValidationError as error:
        raise UsageError(f"{path}, [site]: {error}", fix="docs/reference/site-settings.md names the fields") from None
    if made.is_public and not made.address.startswith("https://"):
        raise UsageError(
            "the site is to answer under other names than this machine's, but [site] address is no https:// address",
            fix="put a reverse proxy with TLS in front and write its address, or leave hosts empty",
        )
    if made.breached_passwords and not Path(made.breached_passwords).is_file():
        raise UsageError(
            f"{path}, [site] breached_passwords: {made.breached_passwords} is not there",
            fix="docs/how-to/run-the-site.md says how to get the list",
        )
    for one in made.providers:
        _check_provider(one, path)
    if made.timestamps is not None and not made.timestamps.url.startswith(("https://", "http://")):
        raise UsageError(
            f"{path}, [site.timestamps] url {made.timestamps.url!r} is no address",
            fix="write the authority's address",
        )
    return made


def _check_provider(one: OpenIdProvider, path: Path) -> None:
    where = f"{path}, [[site.providers]] {one.name}"
    parts = urlsplit(one.server)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in AT_HOME):
        raise UsageError(f"{where}: server is no https:// address", fix="write the issuer's address")
    if not one.domains:
        raise UsageError(f"{where}: domains is empty", fix="name the mail domains that this login may speak for")


def provider_apps(said: Configuration, folder: Path) -> list[dict[str, Any]]:
    """Return allauth's settings of all identity providers. Raise UsageError."""
    return [one.app(folder) for one in said.providers]


def _table(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        told = tomllib.loads(path.read_text("utf-8-sig")).get("site", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: {error}", fix="mend the file: it is TOML in UTF-8") from None
    if not isinstance(told, dict):
        raise UsageError(f"{path}: site is no table", fix="write [site] in a line of its own")
    return dict(told)


def database(url: str, folder: Path) -> dict[str, Any]:
    """Return Django's database settings: SQLite in the state folder, or PostgreSQL by URL.

    `postgresql://user:password@host:port/name`; `?host=/folder` is the folder of a socket. Raise UsageError.
    """
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(folder / "fanzha.sqlite3"),
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
                "PRAGMA mmap_size=268435456; PRAGMA cache_size=-65536;",
            },
        }
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres") or len(parts.path) < 2:
        raise UsageError(
            f"FANZHA_DATABASE_URL begins with {parts.scheme or 'nothing'!r}", fix="write postgresql://user@host/name"
        )
    # A server that is gone is noticed when connecting (seconds) and on an open connection (milliseconds).
    asked = {"connect_timeout": "5", "tcp_user_timeout": "10000"}
    asked |= {name: values[-1] for name, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": asked.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": asked,
    }
