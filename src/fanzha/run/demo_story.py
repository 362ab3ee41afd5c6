"""What the process that fills the demo's database reports to the process that shows the demo."""

import msgspec

from fanzha.base.words import Words

#: The number of a made-up shop that calls its customers back; people took it for a fraud.
SHOP_NUMBER = "+8617000000330"


class DemoUser(msgspec.Struct, frozen=True):
    """A person who can sign in; `expected_text` appears on one of this person's pages."""

    email: str
    organization: Words
    role: Words
    expected_text: str
    desk: str  # kind of organisation and role: people of one desk have the same pages


class DemoStory(msgspec.Struct, frozen=True):
    """The contents of the demo: people, one order with its campaign, and a number that the screen refuses."""

    users: tuple[DemoUser, ...]
    order: str  # ref
    campaign: str  # ref
    refused_number: str  # number
    legs: dict[str, str]  # organisation -> state
