"""A component is called by its title in the language of the reader, else by its name."""

import pytest
from django.utils.translation import override

from fanzha.command.health.models import ReportedComponent


@pytest.mark.parametrize(("language", "title"), [("en", "Calls"), ("zh-hans", "通话")])
def test_its_title_is_in_the_language_of_the_reader(language: str, title: str) -> None:
    with override(language):
        assert str(ReportedComponent(name="msc", title_zh="通话", title_en="Calls")) == title
        assert str(ReportedComponent(name="msc")) == "msc"
