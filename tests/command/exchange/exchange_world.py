"""A centre that shares with a carrier: verdicts that people decided, a collection, and keys for TAXII."""

from datetime import timedelta
from typing import Any, NamedTuple

from django.test import Client
from django.utils import timezone
from tests.command.people import World
from tests.command.subjects.factories import subject

from fanzha.base.marking import Marking
from fanzha.base.words import Words
from fanzha.claims.verdict import Level
from fanzha.command.exchange.models import Collection
from fanzha.command.exchange.publication import share_pending
from fanzha.command.exchange.services import CollectionDraft, grant_reader, make_collection
from fanzha.command.organizations.models import ApiKey
from fanzha.command.subjects.models import Subject
from fanzha.command.subjects.services import OpinionDraft, give_opinions
from fanzha.command.web.roles import Role

TAXII = "application/taxii+json;version=2.1"
TITLE = Words("钓鱼网站", "Phishing sites")
SUSPECTED = OpinionDraft(
    Level.SUSPECTED, score=1.0, fraud_type="phishing", reason=Words("仿冒银行", "copies a bank"), marking=Marking.AMBER
)


def decide(
    world: World, value: str, kind: str = "website", owner: str = "centre", draft: OpinionDraft = SUSPECTED
) -> Subject:
    """Let an analyst decide that a subject is what the draft says."""
    row = subject(value, kind)
    give_opinions([row], draft, world.viewer(owner, Role.ANALYST), timezone.now())
    return row


def collection_of(world: World, owner: str = "centre", **fields: Any) -> Collection:
    """Make a collection, and share what its owner states already."""
    made = make_collection(CollectionDraft(TITLE, **fields), world.viewer(owner, Role.LIAISON))
    share_pending(timezone.now())
    return made


def let_read(world: World, collection: Collection, reader: str = "carrier", **fields: Any) -> None:
    """Let an organisation read it."""
    grant_reader(
        collection, world[reader], "police and carrier act together", world.viewer("centre", Role.LIAISON), **fields
    )


class TaxiiClient(NamedTuple):
    """A program of an organisation that asks the TAXII server."""

    client: Client
    secret: str

    def get(self, path: str, **query: Any) -> Any:
        """Send a GET request below the API root."""
        return self.client.get(f"/taxii2/fanzha/{path}", query, headers=self._headers())

    def post(self, path: str, body: Any, content_type: str = TAXII) -> Any:
        """Send a POST request below the API root."""
        return self.client.post(f"/taxii2/fanzha/{path}", body, content_type=content_type, headers=self._headers())

    def _headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.secret}", "accept": TAXII}


def program(world: World, name: str = "carrier", *scopes: str) -> TaxiiClient:
    """Return a client with a key of an organisation."""
    scopes = scopes or ("exchange:read", "exchange:write")
    _, secret = ApiKey.make(
        world[name], "taxii", scopes=list(scopes), roles=[], expires_at=timezone.now() + timedelta(days=1)
    )
    return TaxiiClient(Client(), secret)
