"""Forms of bulletins refuse what is no month, and figures that somebody typed."""

from fanzha.command.bulletins.forms import MonthForm, SectionForm


def test_a_month_is_read() -> None:
    form = MonthForm({"month": "2026-10"})
    assert form.is_valid() and f"{form.cleaned_data['month']:%Y-%m}" == "2026-10"
    assert not MonthForm({"month": "2026-13"}).is_valid()


def test_a_wording_is_checked_in_both_languages() -> None:
    form = SectionForm("overall", {"zh": "办结率{handled}", "en": "nine of 10"})
    assert not form.is_valid() and set(form.errors) == {"en"}
