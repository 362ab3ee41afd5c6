"""Fill a site whose carrier finds victims in a growing file: `python -m tests.field.warned_world`; all made up.

The settings of `fanzha watch`, which name the carrier, are added to `fanzha.toml`.
"""

import os
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fanzha.command.web.settings")


def fill() -> None:
    """Make the organisations, an analyst of the carrier, and the folder that is watched."""
    from tests.command.people import PASSWORD, make_world

    from fanzha.command.organizations.models import Organization
    from fanzha.command.web.roles import Role
    from fanzha.store.state_folder import state_folder

    world = make_world()
    analyst = world.person("carrier", Role.ANALYST)
    analyst.set_password(PASSWORD)
    analyst.save()
    Organization.objects.update(simulated=False)  # a simulated organisation warns nobody
    folder: Path = state_folder() / "feed"
    folder.mkdir()
    with (state_folder() / "fanzha.toml").open("a") as settings:
        settings.write(f'\n[watch]\nsources = ["{folder}"]\nowner = "{world["carrier"].ref}"\nlateness = "200ms"\n')


if __name__ == "__main__":
    django.setup()
    fill()
