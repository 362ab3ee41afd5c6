"""Forms of administration. The services decide which actions are allowed."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from fanzha.command.organizations.api_keys import LONGEST, list_scopes
from fanzha.command.organizations.models import Invitation, Membership, Organization, Person
from fanzha.command.web.field_choices import set_choices, set_queryset
from fanzha.command.web.roles import ROLE_TITLES, Kind, roles_of


def role_choices(organization: Organization) -> list[tuple[str, Any]]:
    """Return the roles available to an organisation, with their titles."""
    return [(role.value, ROLE_TITLES[role]) for role in roles_of(organization.kind, organization.province)]


class RolesForm(forms.Form):
    """Base form with a choice of roles."""

    roles = forms.MultipleChoiceField(label=_("Roles"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, organization: Organization, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "roles", role_choices(organization))


class PersonForm(RolesForm):
    """Roles and department of a person."""

    unit = forms.CharField(
        label=_("Department"),
        max_length=60,
        required=False,
        help_text=_("An appeal is heard by a different department from the one that made the decision."),
    )


class InviteForm(PersonForm):
    """Invitation of a person."""

    email = forms.EmailField(label=_("Email address"), help_text=_("Used to sign in."))
    name = forms.CharField(label=_("Name"), max_length=80)
    field_order = ("email", "name", "roles", "unit")


class JoinForm(forms.Form):
    """Pass phrase of a new person."""

    phrase = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text=_("Use at least 12 characters. Four unrelated words work well."),
    )
    again = forms.CharField(
        label=_("Repeat the password"), strip=False, widget=forms.PasswordInput({"autocomplete": "new-password"})
    )

    def __init__(self, invitation: Invitation, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._person = Person(email=invitation.email, name=invitation.name)

    def clean(self) -> dict[str, Any]:
        """Compare the two inputs, and validate the phrase with the configured validators."""
        cleaned = super().clean() or self.cleaned_data
        phrase = cleaned.get("phrase")
        if phrase and phrase != cleaned.get("again"):
            self.add_error("again", _("The two passwords do not match."))
        elif phrase:
            try:
                validate_password(phrase, self._person)
            except forms.ValidationError as error:
                self.add_error("phrase", error)
        return cleaned


class OrganizationForm(forms.ModelForm):  # type: ignore[type-arg]
    """Properties of an organisation."""

    is_active = forms.BooleanField(
        label=_("active"),
        required=False,
        help_text=_("If this is off, nobody can sign in for the organisation and its keys do not work."),
    )

    class Meta:
        model = Organization
        fields = (
            "name_zh",
            "name_en",
            "kind",
            "province",
            "host",
            "uscc",
            "country",
            "zone",
            "second_factor",
            "is_active",
        )
        labels = {
            "country": _("country or region outside the mainland (two letters, such as SG; empty at home)"),
            "host": _("host carrier of the MVNO"),
            "province": _("province (two digits of GB/T 2260; leave empty for the whole country)"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].help_text = _(
            "Its people cannot sign in here. A key reads what was approved for it, and nothing else. This stays."
        )
        set_queryset(self, "host", Organization.objects.filter(kind=Kind.CARRIER))


class NewOrganizationForm(OrganizationForm):
    """Properties of a new organisation, with its first administrator."""

    email = forms.EmailField(label=_("Email address of its administrator"))
    name = forms.CharField(label=_("Name of its administrator"), max_length=80)


class DutyForm(forms.Form):
    """One watch."""

    officer = forms.ModelChoiceField(Person.objects.none(), label=_("Duty officer"), empty_label=_("Choose a person"))
    deputy = forms.ModelChoiceField(Person.objects.none(), label=_("Deputy"), empty_label=_("Choose a person"))
    since = forms.DateTimeField(
        label=_("Starts"), widget=forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M")
    )
    until = forms.DateTimeField(
        label=_("Ends"), widget=forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M")
    )

    def __init__(self, organization: Organization, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        memberships = Membership.objects.in_force().filter(organization=organization)
        people = Person.objects.filter(pk__in=memberships.values("person")).order_by("name")
        for name in ("officer", "deputy"):
            set_queryset(self, name, people)


class KeyForm(RolesForm):
    """Purpose, scopes and roles of an API key."""

    name = forms.CharField(label=_("What it is used for"), max_length=80)
    scopes = forms.MultipleChoiceField(label=_("Scopes"), widget=forms.CheckboxSelectMultiple)
    days = forms.IntegerField(label=_("Valid for (days)"), min_value=1, max_value=LONGEST, initial=90)
    per_minute = forms.IntegerField(label=_("Requests per minute"), min_value=1, max_value=6_000, initial=600)
    field_order = ("name", "scopes", "roles", "days", "per_minute")

    def __init__(self, organization: Organization, *args: Any, **kwargs: Any) -> None:
        super().__init__(organization, *args, **kwargs)
        self.fields["roles"].required = False
        self.fields["roles"].help_text = _("Needed for steps of processes. Leave empty for a key that only reads.")
        set_choices(self, "scopes", list_scopes())
