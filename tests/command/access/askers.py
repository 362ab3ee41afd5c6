"""Who asks in the access matrix: people and keys of the owner, of others, of nobody; each request leaves no trace."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.db import transaction
from django.test import Client
from tests.command.access.owning import OWNER, SECRET, Owned, everything_owned
from tests.command.access.routes import Route
from tests.command.people import PASSWORD, World, make_world

from fanzha.command.organizations.models import ApiKey, Person
from fanzha.command.web.api.routers import routers
from fanzha.command.web.api.scopes import all_scopes
from fanzha.command.web.roles import Kind, Role

#: Organisations that take no part in what the owner owns: one like it, the police of its province, another province's
#: regulator. Of the last two one person has all roles: who may do everything there may still read nothing of it.
OTHERS = ("other_carrier", "police", "far_administration")
SUPERVISOR = "administration"


class Asker(NamedTuple):
    """One who asks: what he is, of which kind of organisation, with which roles."""

    name: str
    client: Client
    kind: str
    roles: tuple[Role, ...]


class Answer(NamedTuple):
    """What was answered."""

    status: int
    text: str
    reason: str = ""


class Scene:
    """The world with what the owner owns, and all who ask."""

    def __init__(self) -> None:
        world = make_world()
        world.join("far_administration", Kind.REGULATOR, "33")
        self.world = world
        self.owned: Owned = everything_owned(world)
        self.own = [_person(world, OWNER, role) for role in Role]
        self.like = [_person(world, "other_carrier", role) for role in Role]
        self.others = [_person(world, name, *Role) for name in ("police", "far_administration")]
        self.supervisor = _person(world, SUPERVISOR, *Role)
        self.keys = {name: _key(world, name) for name in (OWNER, *OTHERS)}
        self.weak_key = _key(world, OWNER, scopes=[])
        self.anonymous = Client(raise_request_exception=False)
        self.of_nobody = Client(raise_request_exception=False)
        stranger = Person.objects.create_user("stranger@nowhere.example", PASSWORD, name="a stranger")
        self.of_nobody.force_login(stranger, backend="allauth.account.auth_backends.AuthenticationBackend")


def _person(world: World, name: str, *roles: Role) -> Asker:
    client = world.client(name, *roles)
    client.raise_request_exception = False
    session = client.session  # sensitive acts want that one has signed in or confirmed lately, however long this takes
    session["account_authentication_methods"] = [{"method": "password", "at": time.time() + 86_400}]
    session["account_authentication_methods_user"] = str(world.person(name, *roles).pk)
    session.save()
    return Asker(f"{name}/{'all roles' if len(roles) > 1 else roles[0].value}", client, world[name].kind, roles)


def _key(world: World, name: str, scopes: list[str] | None = None) -> Asker:
    given = [scope for scope, _title in all_scopes(routers())] if scopes is None else scopes
    roles = [role.value for role in Role]
    _made, secret = ApiKey.make(world[name], "a system", scopes=given, roles=roles, per_minute=1_000_000)
    headers = {"authorization": f"Bearer {secret}", "accept-language": "en"}
    client = Client(headers=headers, raise_request_exception=False)
    return Asker(f"a key of {name}", client, world[name].kind, tuple(Role))


def ask(client: Client, route: Route, path: str, owned: Owned) -> Answer:
    """Ask, and take back whatever that changed."""
    body = owned.bodies.get(str(route), route.body)
    with undone():
        if route.method == "GET":
            answer = client.get(path)
        elif route.is_api:
            sent = body if isinstance(body, str) else json.dumps(body)
            kind = "application/x-ndjson" if isinstance(body, str) else "application/json"
            answer = client.generic(route.method, path, sent, kind)
        else:
            answer = client.post(path, body or {})
        text = _text(answer)
    return Answer(answer.status_code, text, _reason(answer))


@contextmanager
def undone() -> Iterator[None]:
    """Open a savepoint as Django's own test cases do, and roll it back."""
    held: Any = transaction.atomic()
    held._from_testcase = True  # lets code open its durable transactions within
    with held:
        yield
        transaction.set_rollback(True)


def tells_the_secret(answer: Answer) -> bool:
    """Return whether something of the owner's stands in an answer."""
    return SECRET in answer.text


def _text(answer: Any) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    headers = "\n".join(str(value) for value in answer.headers.values())
    return bytes(content).decode("utf-8", "replace") + headers


def _reason(answer: Any) -> str:
    """Return why the engine of processes refused, "" where it did not."""
    if "json" not in answer.get("Content-Type", ""):
        return ""
    told = json.loads(answer.content or b"{}")
    return str(told.get("reason", "")) if isinstance(told, dict) else ""
