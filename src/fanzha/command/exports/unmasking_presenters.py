"""Present unmaskings, unusual viewers and repeated searches as list rows."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fanzha.command.exports.models import Unmasking
from fanzha.command.exports.unmasking_review import RepeatedSearch, UnusualViewer
from fanzha.command.organizations.models import Person
from fanzha.command.web.components import Badge, ListRow, Tone
from fanzha.command.web.i18n import localize


def rows_of(unmaskings: Sequence[Unmasking]) -> list[ListRow]:
    """Return unmaskings as list rows. Each links to all unmaskings of its subject."""
    return [
        ListRow(
            title=one.shown,
            href=f"{reverse('unmaskings')}?subject={one.subject}",
            why=one.purpose,
            badges=() if one.case else (Badge(_("no case"), "", Tone.WARN),),
            at=one.at,
            meta=tuple(filter(None, (str(one.person or one.actor), one.case))),
            is_subject=True,
        )
        for one in unmaskings
    ]


def watched_rows(found: Sequence[UnusualViewer]) -> list[ListRow]:
    """Return the viewers of the last 24 hours as list rows, with what is unusual."""
    people = {one.ref: one for one in Person.objects.filter(ref__in=[one.actor for one in found])}
    return [
        ListRow(
            title=str(people.get(one.actor, one.actor)),
            href=f"{reverse('unmaskings')}?person={one.actor}",
            why=_(", ").join(localize(words) for words in one.odd),
            side=ngettext("%(count)s time", "%(count)s times", one.times) % {"count": f"{one.times:,}"},
            badges=(Badge(_("unusual"), "alert", Tone.HARM),) if one.odd else (),
            meta=(
                ngettext("%(count)s subject", "%(count)s subjects", one.subjects) % {"count": f"{one.subjects:,}"},
                _("usually %(count)s a day") % {"count": f"{one.usual:g}"},
            ),
        )
        for one in found
    ]


def sought_rows(found: Sequence[RepeatedSearch]) -> list[ListRow]:
    """Return the subjects that many people unmasked as list rows."""
    return [
        ListRow(
            title=one.shown,
            href=f"{reverse('unmaskings')}?subject={one.subject}",
            why=_("%(people)s people within a week") % {"people": one.people},
            side=ngettext("%(count)s time", "%(count)s times", one.times) % {"count": f"{one.times:,}"},
            badges=(Badge(_("many looked"), "users", Tone.WARN),),
            is_subject=True,
        )
        for one in found
    ]
