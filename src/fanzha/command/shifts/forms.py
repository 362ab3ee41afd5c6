"""Forms of a hand-over and of the digest; the notes of handed over items are fields named after them."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fanzha.command.organizations.selectors import all_people
from fanzha.command.shifts.models import DigestTime
from fanzha.command.shifts.selectors import colleagues, deciders
from fanzha.command.shifts.services import CAMPAIGN, Item
from fanzha.command.web.field_choices import set_queryset
from fanzha.command.web.viewer import Viewer

if TYPE_CHECKING:
    from django.http import QueryDict


class HandoverForm(forms.Form):
    """The colleague who takes over all open work, and a remark on the shift.

    Only people who decide on campaigns can be chosen if the open work has campaigns.
    """

    to = forms.ModelChoiceField(
        all_people().none(), label=_("Who takes over"), to_field_name="ref", empty_label=_("Choose a colleague")
    )
    remark = forms.CharField(
        label=_("About the shift"), required=False, max_length=1_000, widget=forms.Textarea({"rows": 3})
    )

    def __init__(self, viewer: Viewer, kinds: Collection[str], *args: Any) -> None:
        super().__init__(*args)
        people = deciders(viewer) if CAMPAIGN in kinds else colleagues(viewer)
        set_queryset(self, "to", people.exclude(pk=viewer.person or 0))


class DigestForm(forms.Form):
    """When a person gets a digest by mail."""

    time = forms.ChoiceField(
        label=_("Send it"), required=False, choices=[("", _("never")), *DigestTime.choices], widget=forms.RadioSelect
    )
    hour = forms.TypedChoiceField(
        label=_("At, if every day"), coerce=int, choices=[(hour, f"{hour:02}:00") for hour in range(24)]
    )


def read_items(sent: QueryDict) -> list[Item]:
    """Return the picked items of a sent form: `pick` is `kind:ref`, `note-kind:ref` the note."""
    items = []
    for key in sent.getlist("pick"):
        kind, _sign, ref = key.partition(":")
        items.append(Item(kind, ref[:26], sent.get(f"note-{key}", "").strip()[:500]))
    return items
