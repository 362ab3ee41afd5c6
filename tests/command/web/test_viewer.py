"""A viewer holds roles and scopes, and reads his own organisation and those it supervises."""

from fanzha.command.web.roles import Role
from fanzha.command.web.viewer import Viewer

VIEWER = Viewer(organization=1, kind="carrier", roles=frozenset({"analyst"}), supervised=frozenset({2, 3}))


def test_one_of_the_named_roles_is_enough() -> None:
    assert VIEWER.has(Role.REVIEWER, Role.ANALYST) and not VIEWER.has(Role.REVIEWER)


def test_people_are_not_limited_by_scopes_and_keys_are() -> None:
    key = VIEWER._replace(scopes=frozenset({"flows:read"}))
    assert VIEWER.may("flows:write")
    assert key.may("flows:read") and not key.may("flows:write")


def test_his_own_organisation_is_read_beside_those_supervised() -> None:
    assert VIEWER.reads == {1, 2, 3}
