"""Programs that ask the API in the tests: a client that sends a key, and problems read back."""

from typing import Any

from django.test import Client
from tests.command.people import World

from fanzha.command.organizations.models import ApiKey
from fanzha.command.web.api.problems import CONTENT_TYPE

SCOPES = ["flows:read", "flows:write"]


def asking(world: World, name: str, *, language: str = "en", scopes: list[str] | None = None, **fields: Any) -> Client:
    """A client with a key of an organisation."""
    told = SCOPES if scopes is None else scopes
    _key, secret = ApiKey.make(world[name], "a system", scopes=told, **fields)
    return Client(headers={"authorization": f"Bearer {secret}", "accept-language": language})


def problem(answer: Any, status: int) -> dict[str, Any]:
    """The problem that an answer must be."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == CONTENT_TYPE
    told: dict[str, Any] = answer.json()
    assert told["status"] == status and told["type"].startswith("urn:fanzha:problem:")
    return told
