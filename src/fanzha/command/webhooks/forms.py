"""Form of a subscription."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fanzha.command.processes.selectors import load_processes
from fanzha.command.web.field_choices import set_choices
from fanzha.command.web.i18n import localize


class SubscribeForm(forms.Form):
    """URL and processes of a subscription."""

    url = forms.CharField(
        label=_("Address"),
        max_length=400,
        help_text=_("An https address that this site can reach. Each event is a signed POST request."),
    )
    processes = forms.MultipleChoiceField(
        label=_("Processes"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Leave empty for all processes."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(name, localize(process.title)) for name, process in load_processes().items()]
        set_choices(self, "processes", choices)
