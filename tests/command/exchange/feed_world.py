"""A feed of a partner that the centre subscribed to."""

from typing import Any

from django.utils import timezone
from tests.command.people import World

from fanzha.base.clock import to_ms
from fanzha.base.marking import Marking
from fanzha.claims.verdict import Level
from fanzha.command.exchange.feed_services import FeedTerms, subscribe_feed
from fanzha.command.exchange.models import Feed
from fanzha.command.web.roles import Role
from fanzha.share.items import FeedContent, ReceivedVerdict
from fanzha.share.opinions import ReceivedReaction

TERMS = FeedTerms("partner list", "taxii", "https://feed.example/taxii2/c/", trust=0.8, licence="CC BY 4.0")


def feed_of(world: World, terms: FeedTerms = TERMS) -> Feed:
    """Subscribe the centre to it."""
    return subscribe_feed(world["partner"], terms, world.viewer("centre", Role.LIAISON))


def stated(value: str, kind: str = "website", **fields: Any) -> ReceivedVerdict:
    """Return a statement of the feed of this moment."""
    now = to_ms(timezone.now())
    defaults: dict[str, Any] = {
        "object_id": f"indicator--{value}",
        "level": Level.SUSPECTED,
        "score": 1.0,
        "created_at": now,
        "modified_at": now,
        "valid_from": now,
        "marking": Marking.GREEN,
    }
    return ReceivedVerdict(subject_kind=kind, subject=value, **defaults | fields)


def result(*verdicts: ReceivedVerdict) -> FeedContent:
    """Return what an answer brought."""
    return FeedContent(list(verdicts))


def reaction(about: str, level: Level | None = None, **fields: Any) -> ReceivedReaction:
    """Return what the feed thinks of an object; without a level it agrees."""
    defaults: dict[str, Any] = {
        "object_id": f"opinion--on-{about}",
        "confidence": 0.8,
        "explanation": "seen here, too",
        "modified_at": to_ms(timezone.now()),
    }
    return ReceivedReaction(about=(about,), level=level, **defaults | fields)
