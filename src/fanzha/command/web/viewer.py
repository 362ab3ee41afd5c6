"""Who is looking: a person or a key, for one organisation, and whose rows that organisation may read."""

from typing import NamedTuple

from fanzha.base.marking import Marking

#: What others' rows must be marked for a supervisor to read them without being named (TLP 2.0).
FOR_SUPERVISORS = (Marking.AMBER, Marking.GREEN, Marking.CLEAR)
#: What everybody who takes part in the platform may read.
FOR_ALL = (Marking.GREEN, Marking.CLEAR)


class Viewer(NamedTuple):
    """One reader. `supervised` are the organisations (primary keys) that this one supervises, itself not among them.

    `person` is None for an API key, and `key` is its number; `scopes` are what a key may do, None for a person who is
    signed in; `unit` is his department.
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

    def has(self, *roles: str) -> bool:
        """Return whether one of these roles is held."""
        return bool(self.roles.intersection(roles))

    def may(self, scope: str) -> bool:
        """Return whether a key's scopes allow it; people are limited by their roles alone."""
        return self.scopes is None or scope in self.scopes

    @property
    def reads(self) -> frozenset[int]:
        """Return the organisations whose rows may be read: one's own and those supervised."""
        return self.supervised | {self.organization}
