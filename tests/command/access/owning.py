"""What one organisation owns: made by each app's `owned.py`, planted with a secret that nobody else may ever read."""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.command.people import World

HERE = Path(__file__).resolve().parent.parent

#: Stands in every text of whatever the owner owns.
SECRET = "only-the-carrier-reads-this"
#: The organisation that owns it, by its name in the tests.
OWNER = "carrier"


@dataclass
class Owned:
    """What stands for the parameters of an app's addresses, each named by the address up to itself.

    `hidden["processes/{ref}"]` is of something that others get 404 for, whatever follows in the address;
    `shared["processes/definitions/{name}"]` of something that is everybody's. `bodies["POST api/v1/…"]` is what is
    sent where the smallest body that the route's schema allows would be refused.
    """

    hidden: Mapping[str, Any] = field(default_factory=dict)
    shared: Mapping[str, Any] = field(default_factory=dict)
    bodies: Mapping[str, Any] = field(default_factory=dict)


def makers() -> dict[str, Callable[[World, str], Owned]]:
    """Return the functions `owned(world, secret)` of all apps, found by folder."""
    apps = sorted(path.parent.name for path in HERE.glob("*/owned.py"))
    return {app: importlib.import_module(f"tests.command.{app}.owned").owned for app in apps}


def everything_owned(world: World) -> Owned:
    """Make what the owner owns in all apps."""
    made = [make(world, SECRET) for make in makers().values()]
    return Owned(
        hidden={key: value for one in made for key, value in one.hidden.items()},
        shared={key: value for one in made for key, value in one.shared.items()},
        bodies={key: value for one in made for key, value in one.bodies.items()},
    )
