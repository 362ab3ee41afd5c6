"""Actors and parties of a process: people in roles, the person concerned, and machines."""

from enum import StrEnum

import msgspec

from fanzha.base.words import Words


class PartyRole(StrEnum):
    """What a party is in one process instance, apart from its organisation and the roles of its people.

    Process definitions write it as `standing` of an evidence field, and in `who` of an event.
    """

    SUBJECT = "subject"  # person or organisation that the process is about
    APPLICANT = "applicant"  # person or organisation that requested the process
    REPORTER = "reporter"  # person or organisation that reported
    SYSTEM = "system"  # an expired deadline, or completed legs
    IMPORT = "import"  # system of record that owns a mirrored process


#: Parties that may request, but not decide on their own request.
REQUESTERS = frozenset({PartyRole.SUBJECT, PartyRole.APPLICANT, PartyRole.REPORTER})

#: Machines. Only people may restrict a person.
MACHINES = frozenset({PartyRole.SYSTEM, PartyRole.IMPORT})

PARTY_ROLE_WORDS = {
    PartyRole.SUBJECT: Words("当事人", "the one concerned"),
    PartyRole.APPLICANT: Words("申请人", "the applicant"),
    PartyRole.REPORTER: Words("举报人", "the reporter"),
    PartyRole.SYSTEM: Words("系统", "the system"),
    PartyRole.IMPORT: Words("数据导入", "an import"),
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
    party_roles: frozenset[PartyRole] = frozenset()
    is_key: bool = False
    keys: frozenset[str] = frozenset()

    def acted_as(self, ref: str) -> bool:
        """Return whether the recorded actor `ref` is this person or a key that this person created."""
        return bool(ref) and (ref == self.person or ref in self.keys)

    @property
    def is_machine(self) -> bool:
        """Whether the actor is a machine."""
        return bool(self.party_roles & MACHINES)

    @property
    def is_requester(self) -> bool:
        """Whether the actor is a requester in this process, even if the actor also has a role."""
        return bool(self.party_roles & REQUESTERS)


SYSTEM = Actor(party_roles=frozenset({PartyRole.SYSTEM}))


def import_actor(source: str) -> Actor:
    """Return the actor of an import from a system of record."""
    return Actor(person=source, party_roles=frozenset({PartyRole.IMPORT}))
