"""Kinds of organisation, roles of people, and which kind has which role."""

from functools import cache
from importlib.resources import files

import msgspec

from fanzha.base.words import Words
from fanzha.processes._yaml.yaml_text import read_yaml
from fanzha.processes.parties import PARTY_ROLE_WORDS

#: Parties of a process instance; each is one organisation, not a kind of organisation.
_INSTANCE_PARTIES = {"owner": Words("承办单位", "Owner"), "receiver": Words("接收单位", "Receiver")}


class OrganizationKind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of organisation and the roles of its people."""

    title: Words
    roles: tuple[str, ...]


class KindGroup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A group of kinds that an event may name."""

    title: Words
    kinds: tuple[str, ...]


class RoleTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Roles, groups and kinds by name."""

    roles: dict[str, Words]
    groups: dict[str, KindGroup]
    kinds: dict[str, OrganizationKind]

    def kinds_of(self, name: str) -> tuple[str, ...]:
        """Return the kinds in a kind or group; empty if the name is unknown."""
        if name in self.groups:
            return self.groups[name].kinds
        return (name,) if name in self.kinds else ()

    def title_of(self, name: str) -> Words:
        """Return the title of a kind or a group."""
        return self.groups[name].title if name in self.groups else self.kinds[name].title


@cache
def role_table() -> RoleTable:
    """Return the packaged table."""
    text = (files("fanzha.processes") / "data" / "roles.yaml").read_text("utf-8")
    return msgspec.convert(read_yaml(text, "roles.yaml").value, RoleTable)


def actor_spec_words(actor_spec: str) -> Words:
    """Return the text for an actor specification such as `owner.reviewer` or "system"."""
    party, _, role = actor_spec.partition(".")
    table = role_table()
    if not role:
        return {str(party_role): words for party_role, words in PARTY_ROLE_WORDS.items()}[party]
    owner_words, role_words = _INSTANCE_PARTIES.get(party) or table.title_of(party), table.roles[role]
    return Words(f"{owner_words.zh} · {role_words.zh}", f"{owner_words.en} · {role_words.en}")
