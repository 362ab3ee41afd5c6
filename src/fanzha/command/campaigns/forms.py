"""Forms of campaign transitions and of the queue filter."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fanzha.claims.fraud_type import FRAUD_TYPES
from fanzha.command.campaigns.queue import SHOW_WORDS, SORTS, QueueFilter
from fanzha.command.campaigns.transitions import CampaignTransition, TransitionKind
from fanzha.command.organizations.selectors import active_organizations, all_people, current_members
from fanzha.command.web.field_choices import set_choices, set_queryset
from fanzha.command.web.i18n import localize
from fanzha.command.web.list_options import ROW_COLUMNS, ListOptionsForm
from fanzha.command.web.roles import DECIDERS, SUPERVISORS
from fanzha.command.web.viewer import Viewer

_DAYS = (1, 3, 7, 14)


class QueueFilterForm(ListOptionsForm):
    """Form of the queue filter; invalid fields are ignored."""

    show = forms.ChoiceField(label=_("show"), required=False)
    kind = forms.ChoiceField(label=_("kind of fraud"), required=False)
    made_up = forms.ChoiceField(
        label=_("data"), required=False, choices=[("", _("all")), ("no", _("real")), ("yes", _("simulated"))]
    )

    def __init__(self, viewer: Viewer, *args: Any) -> None:
        super().__init__(*args)
        set_choices(self, "show", [(key, localize(words)) for key, words in SHOW_WORDS.items()])
        kinds = [(key, localize(words)) for key, words in FRAUD_TYPES.items()]
        set_choices(self, "kind", [("", _("all")), *kinds])
        if viewer.kind in SUPERVISORS:
            supervised = active_organizations().filter(pk__in=viewer.supervised)
            choices = [("", _("our own")), *((organization.ref, str(organization)) for organization in supervised)]
            self.fields["owner"] = forms.ChoiceField(label=_("owner"), required=False, choices=choices)
        self.add_options(SORTS, ROW_COLUMNS)

    def to_filter(self) -> QueueFilter:
        """Return the filter."""
        self.is_valid()
        values = self.cleaned_data
        return QueueFilter(
            show=values.get("show") or "waiting",
            fraud_type=values.get("kind") or "",
            simulated={"yes": True, "no": False}.get(values.get("made_up", "")),
            owner=values.get("owner") or "",
            sort=self.sort or "heat",
        )


class TransitionForm(forms.Form):
    """Form of one transition. `days` is an alternative to `until`."""

    doing = forms.ChoiceField(choices=[(kind.value, kind.value) for kind in TransitionKind])
    revision = forms.IntegerField(required=False, min_value=1)
    note = forms.CharField(
        label=_("Note"), required=False, max_length=500, widget=forms.Textarea({"rows": 2}), strip=True
    )
    until = forms.DateTimeField(label=_("until"), required=False)
    days = forms.TypedChoiceField(label=_("for days"), required=False, coerce=int, empty_value=None)
    to = forms.ModelChoiceField(all_people().none(), label=_("Hand over to"), required=False, to_field_name="ref")

    def __init__(self, viewer: Viewer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_queryset(self, "to", possible_assignees(viewer))
        set_choices(self, "days", [(days, str(days)) for days in _DAYS])

    def to_transition(self) -> CampaignTransition:
        """Return the transition."""
        values = self.cleaned_data
        until = values.get("until")
        if until is None and values.get("days"):
            until = timezone.now() + timedelta(days=values["days"])
        return CampaignTransition(TransitionKind(values["doing"]), values.get("note", ""), until, values.get("to"))


def possible_assignees(viewer: Viewer) -> Any:
    """Return the colleagues who may work on campaigns."""
    members = current_members(viewer.organization, *DECIDERS)
    return members.exclude(pk=viewer.person or 0).order_by("name")
