"""Forms to draw a sample, to mark an item and to hand a sheet in."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fanzha.command.reviews.marking import MARKS, Place
from fanzha.command.reviews.sampling import MAX_SIZE, SampleRequest
from fanzha.command.reviews.selectors import list_detectors
from fanzha.command.subjects.selectors import detector_title, kind_title
from fanzha.command.web.field_choices import set_choices
from fanzha.command.web.viewer import Viewer
from fanzha.kinds import all_kinds

_DAY = {"type": "date"}
_DEFAULT_SIZE, _DEFAULT_DAYS = 100, 30


class SampleForm(forms.Form):
    """The findings to draw from: detector or rule, kind, days and score."""

    detector = forms.ChoiceField(label=_("Detector or rule"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    since = forms.DateField(label=_("Found since"), widget=forms.DateInput(_DAY))
    until = forms.DateField(label=_("to"), widget=forms.DateInput(_DAY))
    score_from = forms.FloatField(label=_("Score from"), min_value=0, max_value=1, initial=0.0)
    score_to = forms.FloatField(label=_("Score to"), min_value=0, max_value=1, initial=1.0)
    size = forms.IntegerField(
        label=_("Number of findings"),
        min_value=10,
        max_value=MAX_SIZE,
        initial=_DEFAULT_SIZE,
        help_text=_(
            "At least ten findings are drawn from each score band of each detector, if there "
            "are that many. No share is stated below 30 marks."
        ),
    )

    golden = forms.IntegerField(
        label=_("Golden cases to add"),
        min_value=0,
        max_value=100,
        required=False,
        help_text=_("Findings on which two other people agreed earlier. They show how reliable the markers are."),
    )

    def __init__(self, viewer: Viewer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        detectors = [(name, detector_title(name)) for name in list_detectors(viewer)]
        kinds = [(name, kind_title(name)) for name in all_kinds()]
        set_choices(self, "detector", [("", _("all")), *detectors])
        set_choices(self, "kind", [("", _("all")), *kinds])
        today = timezone.localdate()
        self.fields["until"].initial, self.fields["since"].initial = today, today - timedelta(days=_DEFAULT_DAYS)

    def clean(self) -> dict[str, Any]:
        """Check that neither range is empty."""
        values = self.cleaned_data
        if values.get("since") and values.get("until") and values["since"] > values["until"]:
            self.add_error("until", _("The end date must be after the start date."))
        low, high = values.get("score_from"), values.get("score_to")
        if low is not None and high is not None and low > high:
            self.add_error("score_to", _("The upper score must be above the lower one."))
        return values

    def to_request(self) -> SampleRequest:
        """Return the request. Days are in the reader's time zone; the last day is included."""
        values = self.cleaned_data
        return SampleRequest(
            size=values["size"],
            since=_midnight(values["since"]),
            until=_midnight(values["until"] + timedelta(days=1)),
            detector=values["detector"],
            kind=values["kind"],
            score_from=values["score_from"],
            score_to=values["score_to"],
            golden=values["golden"] or 0,
        )


class PlaceForm(forms.Form):
    """A place of a sample."""

    place = forms.ChoiceField(choices=[(place.value, place.value) for place in Place])


class MarkForm(forms.Form):
    """One item and its mark."""

    item = forms.CharField(max_length=20)
    mark = forms.ChoiceField(choices=[(mark, mark) for mark in MARKS])


class SheetForm(forms.Form):
    """A marked sheet."""

    sheet = forms.FileField(label=_("Marked sheet (CSV)"), widget=forms.ClearableFileInput({"accept": ".csv"}))


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
