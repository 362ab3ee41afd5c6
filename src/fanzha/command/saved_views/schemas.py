"""API schemas of saved views."""

from ninja import Schema
from pydantic import Field

from fanzha.command.saved_views.models import MAX_QUERY_LENGTH, ListPage, SavedView


class SavedViewIn(Schema):
    """A view of a list: `query` is the query string of its address. An own view of that name is replaced."""

    page: ListPage
    name: str = Field(min_length=1, max_length=60)
    query: str = Field(default="", max_length=MAX_QUERY_LENGTH)
    shared: bool = False


class SavedViewChangeIn(Schema):
    """What to change; what is left out stays."""

    shared: bool | None = None
    default: bool | None = None


class SavedViewOut(Schema):
    """A saved view; `own` is false for one that a colleague shares."""

    ref: str
    page: ListPage
    name: str
    query: str
    shared: bool
    own: bool

    @classmethod
    def of(cls, view: SavedView, person: int | None) -> "SavedViewOut":
        """Return a view as a person (primary key) reads it."""
        return cls(
            ref=view.ref,
            page=ListPage(view.page),
            name=view.name,
            query=view.query,
            shared=view.is_shared,
            own=view.person_id == person,
        )
