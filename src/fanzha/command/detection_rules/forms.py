"""Forms of a step of a rule text, and of the decision on a request."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fanzha.claims.rule_lifecycle import NEXT_STATES, STATE_WORDS, RuleState
from fanzha.command.detection_rules.budgets import MAX_SUBJECTS
from fanzha.command.detection_rules.services import EMERGENCY_ROLES, WantedStep
from fanzha.command.detection_rules.text_check import MAX_TEXT_LENGTH
from fanzha.command.web.field_choices import set_choices
from fanzha.command.web.i18n import localize
from fanzha.command.web.viewer import Viewer

MAX_REASON = 300


class RuleStepForm(forms.Form):
    """The states that may follow, with share and reason; emergency for those who may promote alone."""

    state = forms.ChoiceField(label=_("Move to"))
    share = forms.FloatField(
        label=_("Share of subjects, per cent"),
        required=False,
        min_value=0,
        max_value=100,
        help_text=_("Only for “share of traffic”: the share of subjects whose findings may be acted on."),
    )
    why = forms.CharField(
        label=_("Reason"),
        max_length=MAX_REASON,
        help_text=_("This stays in the history of the rule. Do not enter personal numbers."),
    )
    emergency = forms.BooleanField(
        label=_(
            "Emergency: promote now without a second person, even if conditions are not met. This stays on record."
        ),
        required=False,
    )

    def __init__(self, last: RuleState, viewer: Viewer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(state.value, localize(STATE_WORDS[state])) for state in NEXT_STATES[last]]
        set_choices(self, "state", choices)
        if not viewer.has(*EMERGENCY_ROLES):
            del self.fields["emergency"]

    def to_step(self) -> WantedStep:
        """Return the step that was entered."""
        values = self.cleaned_data
        state = RuleState(values["state"])
        share = (values["share"] or 0.0) / 100 if state is RuleState.SHARE else 0.0
        return WantedStep(state, values["why"], share, values.get("emergency", False))


class DecisionForm(forms.Form):
    """Approve or refuse, with the reason."""

    do = forms.ChoiceField(choices=[("approve", ""), ("refuse", "")])
    why = forms.CharField(max_length=MAX_REASON)


class RuleTextForm(forms.Form):
    """A rule text, and why it is written; the reason is needed to save it."""

    text = forms.CharField(
        label=_("Text"),
        max_length=MAX_TEXT_LENGTH,
        strip=False,
        widget=forms.Textarea(
            attrs={"rows": 22, "spellcheck": "false", "autocapitalize": "off", "autocomplete": "off", "class": "code"}
        ),
    )
    why = forms.CharField(
        label=_("Reason"),
        max_length=MAX_REASON,
        help_text=_("This stays in the history of the rule. Do not enter personal numbers."),
    )


class BacktestForm(forms.Form):
    """The history to test on, and another text of the rule to compare with."""

    history = forms.ChoiceField(label=_("Stored events"))
    beside = forms.ChoiceField(label=_("Compare with"), required=False)

    def __init__(self, histories: Iterable[str], others: Iterable[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "history", [(name, name) for name in histories])
        set_choices(self, "beside", [("", _("no other text")), *others])


class BudgetForm(forms.Form):
    """How many subjects a rule may act on in an hour, and why."""

    subjects = forms.IntegerField(label=_("Subjects an hour"), min_value=0, max_value=MAX_SUBJECTS)
    why = forms.CharField(
        label=_("Reason"),
        max_length=MAX_REASON,
        help_text=_("This stays in the history of the rule. Do not enter personal numbers."),
    )
