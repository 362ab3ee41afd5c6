"""Actors and parties of a process: people in roles, the person concerned, and machines."""

from enum import StrEnum

import msgspec

from fanzha.base.words import Words


class Standing(StrEnum):
    """Relation of a party to one process instance, apart from organisation and role."""

    SUBJECT = "subject"  # person or organisation that the process is about
    APPLICANT = "applicant"  # person or organisation that requested the process
    REPORTER = "reporter"  # person or organisation that reported
    SYSTEM = "system"  # an expired deadline, or completed legs
    IMPORT = "import"  # system of record that owns a mirrored process


#: Standings that may request and never grant: nobody decides their own case.
ASKERS = frozenset({Standing.SUBJECT, Standing.APPLICANT, Standing.REPORTER})

#: Standings of machines, which may not limit a person.
MACHINES = frozenset({Standing.SYSTEM, Standing.IMPORT})

STANDING_WORDS = {
    Standing.SUBJECT: Words("当事人", "the one concerned"),
    Standing.APPLICANT: Words("申请人", "the applicant"),
    Standing.REPORTER: Words("举报人", "the reporter"),
    Standing.SYSTEM: Words("系统", "the system"),
    Standing.IMPORT: Words("数据导入", "an import"),
}


class Party(msgspec.Struct, frozen=True):
    """An organisation in a process instance: its reference, and its kind from `roles.yaml`."""

    organization: str
    kind: str


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """Person or machine that fires an event. `unit` is the department: another unit decides an appeal.

    References are the caller's. A key acts for an organisation and does not count as a second person; `keys` are the
    keys that the person created.
    """

    person: str = ""
    organization: str = ""
    kind: str = ""
    unit: str = ""
    roles: frozenset[str] = frozenset()
    standings: frozenset[Standing] = frozenset()
    is_key: bool = False
    keys: frozenset[str] = frozenset()

    def did(self, person: str) -> bool:
        """Return whether this person, or a key that this person created, did what is recorded for a reference."""
        return bool(person) and (person == self.person or person in self.keys)

    @property
    def is_machine(self) -> bool:
        """Whether the actor is a machine."""
        return bool(self.standings & MACHINES)

    @property
    def asks_for_himself(self) -> bool:
        """Whether the actor is a requesting party of this process, whatever other roles the actor has."""
        return bool(self.standings & ASKERS)


SYSTEM = Actor(standings=frozenset({Standing.SYSTEM}))


def machine(standing: Standing, name: str) -> Actor:
    """Return the actor of an import; `name` is its source."""
    return Actor(person=name, standings=frozenset({standing}))
