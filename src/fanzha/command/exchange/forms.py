"""Forms of the exchange."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fanzha.base.marking import Marking
from fanzha.base.words import Words
from fanzha.claims.verdict import LEVEL_WORDS, Level
from fanzha.command.exchange.feed_services import FeedTerms
from fanzha.command.exchange.models import CEILINGS, FeedFormat
from fanzha.command.exchange.services import CollectionDraft
from fanzha.command.organizations.selectors import organizations_without_people, partner_organizations
from fanzha.command.web.i18n import localize
from fanzha.kinds import all_kinds
from fanzha.share.personal_data import shareable_kinds


class CollectionForm(forms.Form):
    """A collection to make."""

    title_zh = forms.CharField(label=_("Chinese name"), min_length=2, max_length=120)
    title_en = forms.CharField(label=_("English name"), min_length=2, max_length=120)
    ceiling = forms.ChoiceField(
        label=_("Strictest marking that goes in"),
        choices=[(marking.value, marking.value) for marking in CEILINGS],
        initial=Marking.AMBER.value,
        help_text=_("What is marked more strictly stays here and is counted. TLP:RED never leaves."),
    )
    level = forms.ChoiceField(label=_("Lowest level"), initial=Level.SUSPECTED.value)
    kinds = forms.MultipleChoiceField(
        label=_("Kinds of subjects"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Leave empty for all kinds."),
    )
    with_findings = forms.BooleanField(label=_("Also what nobody decided yet"), required=False)
    is_abroad = forms.BooleanField(
        label=_("A reader is in another country"),
        required=False,
        help_text=_("No personal data goes in, and nothing without an approval for the other country."),
    )
    licence = forms.CharField(
        label=_("What readers may do with it"), required=False, max_length=300, help_text=_("Stands in every object.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        titles = {name: kind.title for name, kind in all_kinds().items()}
        kinds = [(name, localize(titles[name])) for name in shareable_kinds() if name in titles]
        self.fields["kinds"].choices = kinds  # type: ignore[attr-defined]
        levels = (Level.WATCH, Level.SUSPECTED)
        self.fields["level"].choices = [(one.value, localize(LEVEL_WORDS[one])) for one in levels]  # type: ignore[attr-defined]

    def to_draft(self) -> CollectionDraft:
        """Return what was filled in."""
        values = self.cleaned_data
        return CollectionDraft(
            Words(values["title_zh"], values["title_en"]),
            Marking(values["ceiling"]),
            values["kinds"],
            Level(values["level"]),
            values["with_findings"],
            values["is_abroad"],
            values["licence"],
        )


class ReaderForm(forms.Form):
    """An organisation that is let read a collection."""

    organization = forms.ChoiceField(label=_("Organisation"))
    purpose = forms.CharField(label=_("Purpose"), min_length=4, max_length=200)
    country = forms.CharField(
        label=_("Country, if it is another one"), required=False, max_length=2, help_text=_("Two letters, such as SG.")
    )
    may_add = forms.BooleanField(label=_("May add objects of its own"), required=False)

    def __init__(self, *args: Any, owner: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = partner_organizations().exclude(pk=owner)
        self.fields["organization"].choices = [(row.ref, row.name) for row in rows]  # type: ignore[attr-defined]


class FeedForm(forms.Form):
    """A feed to subscribe to."""

    source = forms.ChoiceField(label=_("Organisation that states it"))
    name = forms.CharField(label=_("Name"), min_length=2, max_length=80)
    format = forms.ChoiceField(label=_("Format"), choices=FeedFormat.choices)
    url = forms.CharField(
        label=_("Address"),
        max_length=400,
        help_text=_(
            "Of a TAXII collection, a MISP feed or a CSV list; or folder: and a folder in collect/feeds/REFERENCE/."
        ),
    )
    user = forms.CharField(label=_("User name"), required=False, max_length=80)
    secret_file = forms.CharField(
        label=_("File of the password"),
        required=False,
        max_length=80,
        help_text=_("A file in keys/feeds/REFERENCE/ of this site; REFERENCE is that of your organisation."),
    )
    token_url = forms.CharField(
        label=_("Token URL"),
        required=False,
        max_length=400,
        help_text=_("For OAuth2: user name and password are those of a client that gets access tokens there."),
    )
    token_scope = forms.CharField(label=_("Scope of the access tokens"), required=False, max_length=200)
    only_kind = forms.ChoiceField(label=_("Kind of a bare list"), required=False)
    trust = forms.FloatField(
        label=_("Trust"), initial=0.5, min_value=0.01, max_value=1, help_text=_("Multiplies what the feed is sure of.")
    )
    confidence = forms.FloatField(
        label=_("Confidence where the feed gives none"), initial=0.7, min_value=0.01, max_value=1
    )
    half_life_days = forms.FloatField(
        label=_("Days until it is worth half"), initial=30, min_value=0.1, max_value=3_650
    )
    marking = forms.ChoiceField(
        label=_("Marking where the feed gives none"),
        choices=[(marking.value, marking.value) for marking in CEILINGS],
        initial=Marking.AMBER.value,
    )
    licence = forms.CharField(
        label=_("What may be passed on"),
        required=False,
        max_length=300,
        help_text=_(
            "What rests on this feed alone is passed on if this is empty, a free licence, or “passing-on-allowed”."
        ),
    )
    limit_a_day = forms.IntegerField(label=_("Limit a day"), initial=100_000, min_value=1, max_value=10_000_000)
    silent_after_hours = forms.IntegerField(
        label=_("Silent after hours"),
        initial=24,
        min_value=1,
        max_value=8_760,
        help_text=_("An alarm is raised when nothing new came for so long."),
    )

    def __init__(self, *args: Any, owner: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = organizations_without_people().exclude(pk=owner)
        self.fields["source"].choices = [(row.ref, row.name) for row in rows]  # type: ignore[attr-defined]
        titles = {name: kind.title for name, kind in all_kinds().items()}
        kinds = [(name, localize(titles[name])) for name in shareable_kinds() if name in titles]
        self.fields["only_kind"].choices = [("", _("a table with a header")), *kinds]  # type: ignore[attr-defined]

    def to_terms(self) -> FeedTerms:
        """Return what was filled in."""
        values = {name: value for name, value in self.cleaned_data.items() if name not in ("source", "marking")}
        return FeedTerms(**values, marking=Marking(self.cleaned_data["marking"]))


class FeedChangeForm(forms.Form):
    """A change of a feed."""

    trust = forms.FloatField(label=_("Trust"), min_value=0.01, max_value=1)
    is_active = forms.BooleanField(label=_("Fetch it"), required=False)
