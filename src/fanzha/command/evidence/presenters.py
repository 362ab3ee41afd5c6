"""Present log entries as list rows and as detail pages. Names are looked up in bulk."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from fanzha.base.masking import mask_numbers
from fanzha.command.audit.selectors import find_anchor, personal_fields, to_sealed_entry
from fanzha.command.campaigns.selectors import find_campaigns
from fanzha.command.evidence.entry_words import entry_words
from fanzha.command.organizations.selectors import organizations_by_ref, people_by_ref
from fanzha.command.processes.selectors import find_instances
from fanzha.command.subjects.selectors import find_subjects, mask_value
from fanzha.command.web.components import Badge, FactItem, ListRow
from fanzha.command.web.i18n import localize

if TYPE_CHECKING:
    from fanzha.command.audit.models import LogEntry


class EntryNames:
    """Names of the people and objects that a set of entries refers to."""

    def __init__(self, rows: "Sequence[LogEntry]") -> None:
        about = {row.about for row in rows} - {""}
        people = {row.actor for row in rows} | about
        organizations = {row.organisation for row in rows} | about
        processes = {row.process for row in rows} - {""} | about
        self.people = people_by_ref(people)
        self.organizations = organizations_by_ref(organizations)
        self._processes = {instance.ref: instance for instance in find_instances().filter(ref__in=processes)}
        self._subjects = {subject.ref: subject for subject in find_subjects().filter(ref__in=about)}
        self._campaigns = {campaign.ref: campaign for campaign in find_campaigns().filter(ref__in=about)}

    def who(self, row: "LogEntry") -> str:
        """Return the name of the actor."""
        return str(self.people.get(row.actor) or row.actor or _("the system"))

    def what(self, row: "LogEntry") -> str:
        """Return the name of the subject if the reader may know it, else its reference. Numbers are masked."""
        if instance := self._processes.get(row.process) or self._processes.get(row.about):
            return mask_numbers(instance.title or instance.ref)
        if subject := self._subjects.get(row.about):
            return mask_value(subject.kind, subject.value, subject.shown)
        if campaign := self._campaigns.get(row.about):
            return localize(campaign.title)
        target = self.people.get(row.about) or self.organizations.get(row.about)
        return mask_numbers(str(target or row.process or row.about))


def to_list_rows(entries: "Sequence[LogEntry]") -> list[ListRow]:
    """Return entries as list rows."""
    names = EntryNames(entries)
    return [
        ListRow(
            title=localize(entry_words(entry.kind, entry.facts)),
            href=reverse("evidence_entry", args=[entry.place]),
            summary=names.what(entry),
            badges=(Badge(_("personal data"), "lock"),) if entry.personal != "{}" else (),
            at=entry.moment,
            meta=tuple(filter(None, (names.who(entry), str(names.organizations.get(entry.organisation, ""))))),
            aside=f"{entry.batch:,} / {entry.position}",
        )
        for entry in entries
    ]


def entry_facts(row: "LogEntry") -> list[FactItem]:
    """Return the facts of one entry."""
    names = EntryNames([row])
    anchor = find_anchor(row.batch)
    facts = [
        FactItem(_("When"), row.moment),
        FactItem(_("Who"), names.who(row)),
        FactItem(_("Organisation"), names.organizations.get(row.organisation)),
        FactItem(_("Subject"), names.what(row)),
        FactItem(
            _("Position in the log"),
            _("batch %(batch)s, entry %(entry)s") % {"batch": row.batch, "entry": row.position},
        ),
        FactItem(_("Anchored"), anchor.at if anchor else _("not yet")),
    ]
    return [*facts, *_personal(row)]


def _personal(row: "LogEntry") -> Iterator[FactItem]:
    """Say which personal values it is committed to, and whether anyone can still read them."""
    for field in personal_fields(row.place):
        day = date_format(localtime(field.key.erased_at), "DATE_FORMAT") if field.key.erased_at else ""
        yield FactItem(_("Personal data"), _("erased on %(day)s") % {"day": day} if day else _("sealed"))


def hashed_text(row: "LogEntry") -> str:
    """Return the text that the entry's digest hashes."""
    return to_sealed_entry(row).text.decode()
