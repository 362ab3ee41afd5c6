"""Fills a site's database with a made-up world for programs that ask its API; prints keys, and real parameters.

Usage: python -m tests.field.site_made      (with FANZHA_HOME)
"""

import json
import os

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "fanzha.command.web.settings"
django.setup()

from tests.command.access.owning import OWNER, everything_owned  # noqa: E402
from tests.command.people import make_world  # noqa: E402

from fanzha.command.organizations.models import ApiKey  # noqa: E402
from fanzha.command.web.api.routers import routers  # noqa: E402
from fanzha.command.web.api.scopes import all_scopes  # noqa: E402
from fanzha.command.web.roles import Role  # noqa: E402

#: Keys that the requests may revoke by a number they make up; those that ask have numbers far above.
DUMMIES = 300


def main() -> None:
    """Make the world."""
    world = make_world()
    owned = everything_owned(world)
    for number in range(DUMMIES):
        ApiKey.make(world[OWNER], f"unused {number}")
    scopes = [scope for scope, _title in all_scopes(routers())]
    often = {"per_minute": 10_000_000}
    roles = [role.value for role in Role]
    _key, every = ApiKey.make(world[OWNER], "all", scopes=scopes, roles=roles, **often)
    _key, few = ApiKey.make(
        world["other_carrier"], "few", scopes=["flows:read", "imports:write"], roles=["clerk"], **often
    )
    parameters = {f"/{key}": str(value) for key, value in {**owned.shared, **owned.hidden}.items()}
    print(json.dumps({"all": every, "few": few, "parameters": parameters}))


if __name__ == "__main__":
    main()
