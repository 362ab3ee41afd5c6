"""Scopes are made from an app's name and the method; people have none and need none."""

import pytest
from tests.command.people import World

from fanzha.command.web.api.problems import Problem
from fanzha.command.web.api.scopes import all_scopes, require_scope, scope_of
from fanzha.command.web.roles import Role


def test_reading_is_one_scope_and_all_else_another() -> None:
    assert scope_of("flows", "GET") == "flows:read"
    assert {scope_of("flows", method) for method in ("POST", "PUT", "PATCH", "DELETE")} == {"flows:write"}


def test_people_are_limited_by_their_roles_alone(world: World) -> None:
    person = world.viewer("carrier", Role.ANALYST)
    require_scope(person, "flows:write")
    with pytest.raises(Problem):
        require_scope(person._replace(scopes=frozenset({"flows:read"})), "flows:write")


def test_scopes_have_titles() -> None:
    assert [scope for scope, _title in all_scopes(["flows"])] == ["flows:read", "flows:write"]
