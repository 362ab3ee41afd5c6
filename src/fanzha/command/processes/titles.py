"""Titles of processes on pages: the stored title, else the subject, else the kind of process.

Pages show the short code next to it.
"""

from __future__ import annotations

from collections.abc import Sequence

from fanzha.base.words import Words
from fanzha.command.organizations.selectors import organizations_by_ref
from fanzha.command.processes.hooks import subject_hooks
from fanzha.command.processes.models import ProcessInstance
from fanzha.command.processes.situations import load_situation
from fanzha.processes.named_parties import find_named_parties
from fanzha.processes.parties import Party, PartyRole


def describe_titles(instances: Sequence[ProcessInstance]) -> dict[int, Words]:
    """Return what each process is called, by primary key, in a fixed number of queries."""
    parties = {
        instance.pk: [party.organization for party in _find_parties(instance)]
        for instance in instances
        if not instance.title
    }
    refs = {ref for named in parties.values() for ref in named}
    names = organizations_by_ref(refs) if refs else {}
    abouts = {instance.about for instance in instances if instance.about and not instance.title}
    masked = subject_hooks().masked_values(abouts) if abouts else {}
    titles = {}
    for instance in instances:
        known = [names[ref] for ref in parties.get(instance.pk, ()) if ref in names]
        about = masked.get(instance.about, "")
        parts = [Words(one.name_zh, one.name_en) for one in known[:1]] or ([Words(about, about)] if about else [])
        titles[instance.pk] = _title(instance, parts)
    return titles


def describe_title(instance: ProcessInstance) -> Words:
    """Return what one process is called."""
    return describe_titles([instance])[instance.pk]


def _find_parties(instance: ProcessInstance) -> list[Party]:
    process = instance.version.process
    facts = load_situation(instance.situation).facts
    return list(find_named_parties(process, facts, PartyRole.SUBJECT))


def _title(instance: ProcessInstance, names: list[Words]) -> Words:
    if instance.title:
        return Words(instance.title, instance.title)
    kind = instance.version.process.title
    if not names:
        return kind
    return Words(f"{names[0].zh} · {kind.zh}", f"{names[0].en} · {kind.en}")
