"""Who is named in settings and commands is found by ref or by a name in either language."""

from tests.command.people import World

from fanzha.command.organizations.name_search import find_organization


def test_an_organisation_is_found_by_ref_and_by_both_names(world: World) -> None:
    for name in (world["carrier"].ref, "Example carrier", "示例carrier"):
        assert find_organization(name) == world["carrier"]


def test_nobody_is_found_for_nothing_an_unknown_name_and_who_has_left(world: World) -> None:
    assert find_organization("") is None and find_organization("nobody") is None
    world["carrier"].is_active = False
    world["carrier"].save()
    assert find_organization("Example carrier") is None
