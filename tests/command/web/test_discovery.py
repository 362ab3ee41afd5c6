"""Apps are extended by modules of a known name."""

from fanzha.command.web.discovery import app_modules


def test_modules_of_a_name_are_found_in_all_apps() -> None:
    names = [module.__name__ for module in app_modules("effects")]
    assert "fanzha.command.orders.effects" in names
    assert all(name.startswith("fanzha.command.") and name.endswith(".effects") for name in names)


def test_a_name_that_no_app_has_yields_nothing() -> None:
    assert list(app_modules("no_such_module")) == []
