"""Who is named in settings and commands is found by ref or by a name in either language."""

from tests.command.people import World

from fanzha.command.organizations.named import organization_named


def test_an_organisation_is_found_by_ref_and_by_both_names(world: World) -> None:
    for name in (world["carrier"].ref, "Example carrier", "示例carrier"):
        assert organization_named(name) == world["carrier"]


def test_nobody_is_found_for_nothing_an_unknown_name_and_who_has_left(world: World) -> None:
    assert organization_named("") is None and organization_named("nobody") is None
    world["carrier"].is_active = False
    world["carrier"].save()
    assert organization_named("Example carrier") is None
