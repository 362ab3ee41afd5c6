"""Present unmaskings, unusual viewers and repeated searches as list rows."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fanzha.command.exports.models import Unmasking
from fanzha.command.exports.unmasking_review import RepeatedSearch, UnusualViewer
from fanzha.command.organizations.selectors import people_by_ref
from fanzha.command.web.components import Badge, ListRow, Tone
from fanzha.command.web.i18n import localize


def unmasking_rows(unmaskings: Sequence[Unmasking]) -> list[ListRow]:
    """Return unmaskings as list rows. Each links to all unmaskings of its subject."""
    return [
        ListRow(
            title=unmasking.shown,
            href=f"{reverse('unmaskings')}?subject={unmasking.subject}",
            summary=unmasking.purpose,
            badges=() if unmasking.case else (Badge(_("no case given"), "", Tone.WARN),),
            at=unmasking.at,
            meta=tuple(filter(None, (str(unmasking.person or unmasking.actor), unmasking.case))),
            is_subject=True,
        )
        for unmasking in unmaskings
    ]


def unusual_viewer_rows(viewers: Sequence[UnusualViewer]) -> list[ListRow]:
    """Return the viewers of the last 24 hours as list rows, with what is unusual."""
    people = people_by_ref([viewer.actor for viewer in viewers])
    return [
        ListRow(
            title=str(people.get(viewer.actor, viewer.actor)),
            href=f"{reverse('unmaskings')}?person={viewer.actor}",
            summary=_(", ").join(localize(words) for words in viewer.odd),
            aside=ngettext("%(count)s time", "%(count)s times", viewer.times) % {"count": f"{viewer.times:,}"},
            badges=(Badge(_("unusual"), "alert", Tone.HARM),) if viewer.odd else (),
            meta=(
                ngettext("%(count)s subject", "%(count)s subjects", viewer.subjects)
                % {"count": f"{viewer.subjects:,}"},
                _("usually %(count)s a day") % {"count": f"{viewer.usual:g}"},
            ),
        )
        for viewer in viewers
    ]


def repeated_search_rows(searches: Sequence[RepeatedSearch]) -> list[ListRow]:
    """Return the subjects that many people unmasked as list rows."""
    return [
        ListRow(
            title=search.shown,
            href=f"{reverse('unmaskings')}?subject={search.subject}",
            summary=_("%(people)s people in one week") % {"people": search.people},
            aside=ngettext("%(count)s time", "%(count)s times", search.times) % {"count": f"{search.times:,}"},
            badges=(Badge(_("seen by many"), "users", Tone.WARN),),
            is_subject=True,
        )
        for search in searches
    ]
