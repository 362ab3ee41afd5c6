"""A bank that asks a carrier: numbers with known signals, a document of basis in force, and a key."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
from django.test import Client
from django.utils import timezone
from tests.command.people import World

from fanzha.base.clock import moment_ms, to_ms
from fanzha.command.number_signals.models import SignalBasis
from fanzha.command.number_signals.services import PURPOSES, BasisTerms, approve_basis, record_basis
from fanzha.command.number_signals.signal_services import SERVICES, all_scopes
from fanzha.command.organizations.models import ApiKey
from fanzha.command.web.roles import Role
from fanzha.store.number_signals import SIGNAL_RECORD, number_digits, write_signals

HOURS = (260, 120, 24, 12)
UNKNOWN = "+8617000009999"


def number(last: int) -> str:
    """A made-up number."""
    return f"+861700000{last:04d}"


#: Numbers with one property each.
OLD_SWAP, WITHHELD, WITHOUT_CARD, NOT_FORWARDED, FORWARDED, HELD, IOT, LONG_AGO = map(number, range(1, 9))
HELD_FROM = "2025-06-01T10:00:00+08:00"


def swapped(hours: int) -> str:
    """A number whose card and device changed a little less than so many hours ago."""
    return number(1000 + hours)


def activated(hours: int) -> str:
    """A number whose card was activated a little more than so many hours ago and never changed."""
    return number(2000 + hours)


def hand_in(world: World, now: datetime, name: str = "carrier") -> None:
    """Write the carrier's file of signals."""
    years = to_ms(now - timedelta(days=1100))

    def ago(**span: int) -> int:
        return to_ms(now - timedelta(**span))

    rows: dict[str, tuple[Any, ...]] = {
        OLD_SWAP: (years, ago(hours=241), years, ago(hours=241), years, 0, 0, 0, 0, 0),
        WITHHELD: (years, 0, years, 0, years, 1, 1, 1, 1, 1),
        WITHOUT_CARD: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
        NOT_FORWARDED: (years, 0, years, 0, years, 1, 0, 0, 0, 0),
        FORWARDED: (years, 0, years, 0, years, 1 | 2 | 4, 0, 0, 0, 0),
        HELD: (years, 0, years, 0, moment_ms(HELD_FROM), 0, 2, 0, 0, 0),
        IOT: (years, 0, years, 0, years, 0, 3, 1, 1, 0),
        LONG_AGO: (years, ago(days=730), years, ago(days=730), years, 0, 0, 0, 0, 0),
    }
    for hours in HOURS:
        changed = ago(hours=hours) + 60_000
        rows[swapped(hours)] = (years, changed, years, changed, years, 0, 0, 0, 0, 0)
        begun = ago(hours=hours) - 60_000
        rows[activated(hours)] = (begun, 0, begun, 0, begun, 0, 0, 0, 0, 0)
    numbers = np.array([number_digits(value) for value in rows], np.int64)
    records = np.array([(*row, (0, 0, 0)) for row in rows.values()], SIGNAL_RECORD)
    write_signals(world[name].ref, numbers, records)


def terms(world: World, **fields: Any) -> BasisTerms:
    """What an agreement with the bank allows: everything, if nothing else is said."""
    given: dict[str, Any] = {
        "client": world["bank"],
        "services": sorted(SERVICES),
        "document": "Agreement 2026/7",
        "legal_basis": "ATF18",
        "purpose": PURPOSES[0],
        "until": timezone.now() + timedelta(days=300),
        "quota_per_day": 10_000,
    }
    return BasisTerms(**(given | fields))


def basis(world: World, name: str = "carrier", **fields: Any) -> SignalBasis:
    """A basis in force."""
    made = record_basis(world[name], terms(world, **fields), world.person(name, Role.LIAISON))
    approve_basis(made, world.person(name, Role.PRIVACY_OFFICER))
    return made


class Bank(NamedTuple):
    """A bank's program: its key, secret and HTTP client."""

    key: ApiKey
    secret: str
    client: Client

    def token(self, *scopes: str, **headers: str) -> str:
        """An access token for these scopes, for all without any."""
        scope = " ".join((PURPOSES[0], *(scopes or sorted(all_scopes()))))
        answer = self.client.post(
            "/oauth2/token",
            {"grant_type": "client_credentials", "scope": scope, "client_id": self.key.shown,
             "client_secret": self.secret},
            headers=headers,
        )  # fmt: skip
        assert answer.status_code == 200, answer.content
        return str(answer.json()["access_token"])

    def ask(self, path: str, body: Any, *, token: str | None = None, **headers: str) -> Any:
        """Ask one operation; without a `token` with one for all scopes, with "" without any."""
        given = self.token() if token is None else token
        sent = {"x-correlator": "b4333c46-49c0-4f62-80d7-f0ef930f1c46"} | headers
        if given:
            sent["authorization"] = f"Bearer {given}"
        return self.client.post(f"/camara/{path}", body, "application/json", headers=sent)


def bank(world: World, **fields: Any) -> Bank:
    """The bank's program."""
    key, secret = ApiKey.make(world["bank"], "core banking", scopes=["number_signals:read"], **fields)
    return Bank(key, secret, Client(headers={"accept-language": "en"}))
