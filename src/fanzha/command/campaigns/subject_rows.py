"""A subject of a campaign as a row of a list: masked, with what it adds there in words and numbers."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fanzha.command.campaigns.reading import Placed
from fanzha.command.subjects.presenters import fraud_words, kind_words, shown, verdict_badges
from fanzha.command.web.components import Row
from fanzha.command.web.relative_time import relative_time


def placed_rows(placed: Sequence[Placed], *, pick: bool) -> list[Row]:
    """Return the subjects of a campaign as rows."""
    return [_row(one, pick=pick) for one in placed]


def _row(one: Placed, *, pick: bool) -> Row:
    placement, subject = one.placement, one.placement.subject
    told = [ngettext("%(count)s finding", "%(count)s findings", placement.findings) % {"count": placement.findings}]
    if placement.calls:
        told.append(ngettext("%(count)s call", "%(count)s calls", placement.calls) % {"count": f"{placement.calls:,}"})
    if words := fraud_words(placement.fraud_type):
        told.append(words)
    told.append(_("last %(when)s") % {"when": relative_time(placement.last_at, timezone.now())})
    held = (_("placed by a person"),) if placement.is_held else ()
    return Row(
        title=shown(subject),
        href=reverse("subject", args=[subject.ref]),
        why=_(", ").join(told),
        side=f"{placement.top_score:.2f}",
        badges=verdict_badges(one.verdict, one.case),
        meta=(kind_words(subject.kind), *held),
        pick=subject.ref if pick else "",
        is_subject=True,
    )
