"""An installation that names a door of appeals tells it; one without tells nothing."""

from fanzha.screen.http.redress import Redress, to_redress
from fanzha.store.appeal_contact import AppealContact


def test_the_contact_is_told_as_the_settings_name_it() -> None:
    assert to_redress(AppealContact(email="appeals@carrier.example")) == Redress(email="appeals@carrier.example")
    assert to_redress(AppealContact()) is None
