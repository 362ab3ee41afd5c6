"""Entries as rows of a list and as a page of their own; names are looked up for all of them at once."""

from collections.abc import Iterator, Sequence

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from fanzha.base.masking import mask_numbers
from fanzha.command.audit.models import LogAnchor, LogEntry, PersonalField
from fanzha.command.campaigns.models import Campaign
from fanzha.command.evidence.entry_words import entry_words
from fanzha.command.evidence.selectors import entry_of
from fanzha.command.organizations.models import Organization, Person
from fanzha.command.processes.models import ProcessInstance
from fanzha.command.subjects.canonical import mask_value
from fanzha.command.subjects.models import Subject
from fanzha.command.web.components import Badge, FactItem, ListRow
from fanzha.command.web.i18n import localize


class EntryNames:
    """Who and what the references of some entries stand for."""

    def __init__(self, rows: Sequence[LogEntry]) -> None:
        about = {row.about for row in rows} - {""}
        people = {row.actor for row in rows} | about
        organizations = {row.organisation for row in rows} | about
        processes = {row.process for row in rows} - {""} | about
        self.people = {one.ref: one for one in Person.objects.filter(ref__in=people)}
        self.organizations = {one.ref: one for one in Organization.objects.filter(ref__in=organizations)}
        self._processes = {one.ref: one for one in ProcessInstance.objects.filter(ref__in=processes)}
        self._subjects = {one.ref: one for one in Subject.objects.filter(ref__in=about)}
        self._campaigns = {one.ref: one for one in Campaign.objects.filter(ref__in=about)}

    def who(self, row: LogEntry) -> str:
        """Return who did it."""
        return str(self.people.get(row.actor) or row.actor or _("the system"))

    def what(self, row: LogEntry) -> str:
        """Return what it is about: by name where the reader may know it, else by reference; numbers are masked."""
        if instance := self._processes.get(row.process) or self._processes.get(row.about):
            return mask_numbers(instance.title or instance.ref)
        if subject := self._subjects.get(row.about):
            return mask_value(subject.kind, subject.value, subject.shown)
        if campaign := self._campaigns.get(row.about):
            return localize(campaign.title)
        named = self.people.get(row.about) or self.organizations.get(row.about)
        return mask_numbers(str(named or row.process or row.about))


def rows_of(entries: Sequence[LogEntry]) -> list[ListRow]:
    """Return entries as rows."""
    names = EntryNames(entries)
    return [
        ListRow(
            title=localize(entry_words(one.kind, one.facts)),
            href=reverse("evidence_entry", args=[one.place]),
            why=names.what(one),
            badges=(Badge(_("personal data"), "lock"),) if one.personal != "{}" else (),
            at=one.moment,
            meta=tuple(filter(None, (names.who(one), str(names.organizations.get(one.organisation, ""))))),
            side=f"{one.batch:,} / {one.position}",
        )
        for one in entries
    ]


def facts_of_entry(row: LogEntry) -> list[FactItem]:
    """Return what is known of one entry."""
    names = EntryNames([row])
    anchor = LogAnchor.objects.filter(number__gte=row.batch).order_by("number").first()
    facts = [
        FactItem(_("When"), row.moment),
        FactItem(_("Who"), names.who(row)),
        FactItem(_("Organisation"), names.organizations.get(row.organisation)),
        FactItem(_("About"), names.what(row)),
        FactItem(
            _("Place in the log"), _("batch %(batch)s, entry %(entry)s") % {"batch": row.batch, "entry": row.position}
        ),
        FactItem(_("Anchored"), anchor.at if anchor else _("not yet")),
    ]
    return [*facts, *_personal(row)]


def _personal(row: LogEntry) -> Iterator[FactItem]:
    """Say which personal values it is committed to, and whether anyone can still read them."""
    for field in PersonalField.objects.filter(entry=row.place).select_related("key").order_by("name"):
        day = date_format(localtime(field.key.erased_at), "DATE_FORMAT") if field.key.erased_at else ""
        yield FactItem(_("Personal value"), _("erased on %(day)s") % {"day": day} if day else _("sealed"))


def hashed_text(row: LogEntry) -> str:
    """Return the text that its digest is made of."""
    return entry_of(row).text.decode()
