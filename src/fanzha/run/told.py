"""The demo's story as the site's process tells it to the one that shows it."""

import msgspec

from fanzha.base.words import Words


class User(msgspec.Struct, frozen=True):
    """Somebody who can sign in; `reads` stands on one of his pages."""

    email: str
    organization: Words
    role: Words
    reads: str


class Story(msgspec.Struct, frozen=True):
    """What the demo shows: who can sign in, the order with its campaign, and a number that is refused now."""

    users: tuple[User, ...]
    order: str  # ref
    campaign: str  # ref
    refused: str  # number
    legs: dict[str, str]  # organisation -> state
