"""What identifies people stays at home; an unknown kind counts as personal."""

from fanzha.share.personal_data import is_personal_kind, shareable_kinds


def test_numbers_devices_accounts_and_calls_are_personal_and_sites_and_apps_are_not() -> None:
    assert all(map(is_personal_kind, ("phone_number", "device", "account", "call", "sender", "unheard_of")))
    assert not any(map(is_personal_kind, ("website", "host", "app", "message")))


def test_people_are_never_shared() -> None:
    assert "person" not in shareable_kinds() and {"phone_number", "call", "website"} <= set(shareable_kinds())
