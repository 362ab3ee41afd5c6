"""The viewer of a request: a person or a key in one organisation, and the rows it may read."""

from typing import NamedTuple

from fanzha.base.marking import Marking

#: Markings of rows that a supervisor may read without being named (TLP 2.0).
FOR_SUPERVISORS = (Marking.AMBER, Marking.GREEN, Marking.CLEAR)
#: Marking of rows that all participants may read.
FOR_ALL = (Marking.GREEN, Marking.CLEAR)


class Viewer(NamedTuple):
    """One viewer. `supervised` are the primary keys of the organisations that its organisation supervises.

    `person` is None for an API key, and `key` is its number. `scopes` are those of a key, None for a person. `unit` is
    the person's department. `shared_by` is the only organisation whose shared collections a key reads.
    """

    organization: int
    kind: str
    province: str = ""
    roles: frozenset[str] = frozenset()
    supervised: frozenset[int] = frozenset()
    person: int | None = None
    scopes: frozenset[str] | None = None
    unit: str = ""
    key: int | None = None
    shared_by: int | None = None

    def has(self, *roles: str) -> bool:
        """Return whether the viewer has one of these roles."""
        return bool(self.roles.intersection(roles))

    def may(self, scope: str) -> bool:
        """Return whether a key has the scope. People are limited only by their roles."""
        return self.scopes is None or scope in self.scopes

    @property
    def reads(self) -> frozenset[int]:
        """Return the organisations whose rows the viewer may read: the own one and supervised ones."""
        return self.supervised | {self.organization}
