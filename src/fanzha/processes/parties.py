"""Who acts: a person of an organisation in a role, the one concerned, or a machine."""

from enum import StrEnum

import msgspec

from fanzha.base.words import Words


class Standing(StrEnum):
    """What somebody is to one running process, apart from organisation and role."""

    SUBJECT = "subject"  # the person or organisation that the process is about
    APPLICANT = "applicant"  # who asked for it
    REPORTER = "reporter"  # who reported it
    SYSTEM = "system"  # a deadline that passed, or legs that are all done
    IMPORT = "import"  # the system of record that a mirrored process lives in


#: Those who may ask and never grant (design §5: nobody restores himself).
ASKERS = frozenset({Standing.SUBJECT, Standing.APPLICANT, Standing.REPORTER})

#: Nobody of these is a human being: a limit on a person needs one.
MACHINES = frozenset({Standing.SYSTEM, Standing.IMPORT})

STANDING_WORDS = {
    Standing.SUBJECT: Words("当事人", "the one concerned"),
    Standing.APPLICANT: Words("申请人", "the applicant"),
    Standing.REPORTER: Words("举报人", "the reporter"),
    Standing.SYSTEM: Words("系统", "the system"),
    Standing.IMPORT: Words("数据导入", "an import"),
}


class Party(msgspec.Struct, frozen=True):
    """An organisation in a running process: its reference, and its kind of `roles.yaml`."""

    organization: str
    kind: str


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """Who fires an event. `unit` is the department: appeals go to another one. References are the caller's.

    A key acts for an organisation and is nobody's second person; `keys` are those that a person made.
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
        """Whether what is on record of a reference was done by this person: himself, or by a key that he made."""
        return bool(person) and (person == self.person or person in self.keys)

    @property
    def is_machine(self) -> bool:
        """Whether no human being acts."""
        return bool(self.standings & MACHINES)

    @property
    def asks_for_himself(self) -> bool:
        """Whether the actor is on the asking side of this process, whatever roles he has elsewhere."""
        return bool(self.standings & ASKERS)


SYSTEM = Actor(standings=frozenset({Standing.SYSTEM}))


def machine(standing: Standing, name: str) -> Actor:
    """Return the actor of an import: its source."""
    return Actor(person=name, standings=frozenset({standing}))
