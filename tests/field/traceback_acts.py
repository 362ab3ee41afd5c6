"""What people do on one of three sites that trace a call: `python -m tests.field.traceback_acts ACT ...`."""

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "fanzha.command.web.settings"
django.setup()

import pyarrow as pa  # noqa: E402
from tests.command.people import World, make_world  # noqa: E402

from fanzha.command.call_traceback.links import our_public_keys, save_link  # noqa: E402
from fanzha.command.call_traceback.models import TrunkPartyKind  # noqa: E402
from fanzha.command.call_traceback.trunks import TrunkPartyDraft, save_trunk_party  # noqa: E402
from fanzha.command.organizations.models import ApiKey, Organization  # noqa: E402
from fanzha.command.organizations.selectors import build_viewer  # noqa: E402
from fanzha.command.web.roles import Role  # noqa: E402
from fanzha.command.web.viewer import Viewer  # noqa: E402
from fanzha.store.call_records import CALL_SCHEMA, write_calls  # noqa: E402
from fanzha.store.state_folder import state_folder  # noqa: E402


def make(owner: str, upstream: str, trunk: str, calls: str, *partners: str) -> object:
    """Make the site of an operator: calls that came by a trunk, who is behind it, and what its partners need.

    `upstream` is an operator, or "customer".
    """
    world = make_world()
    viewer = _viewer(owner)
    since, customer = datetime(2020, 1, 1, tzinfo=UTC), TrunkPartyKind.CUSTOMER
    draft = TrunkPartyDraft(trunk, customer, name="gateway 7", customer_class="enterprise_line", since=since)
    if upstream != "customer":
        draft = TrunkPartyDraft(trunk, TrunkPartyKind.OPERATOR, world[upstream], since=since)
    save_trunk_party(viewer, draft)
    rows = [{"trunk": trunk, "ingress": "interconnect", "simulated": True, **call} for call in json.loads(calls)]
    write_calls(world[owner].ref, "made-up", pa.Table.from_pylist(rows, CALL_SCHEMA))
    _, secret = ApiKey.make(world[owner], "desk", scopes=["tracebacks:read", "tracebacks:write"], roles=["analyst"])
    return {"desk": secret, "links": {name: _prepare(world, owner, name) for name in partners}}


def _prepare(world: World, owner: str, partner: str) -> dict[str, object]:
    link = save_link(_viewer(owner), world[partner])
    _, secret = ApiKey.make(world[partner], "tracebacks", scopes=["tracebacks:write"])
    return {"ref": link.ref, "keys": our_public_keys(link), "secret": secret}


def join(owner: str, joined: str) -> object:
    """Enter what the partners gave: by name of the partner, its address, keys and API key."""
    organization = _organization(owner)
    for partner, given in json.loads(joined).items():
        secret = Path(state_folder() / "keys" / "tracebacks" / organization.ref / partner)
        secret.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
        secret.touch(0o600)
        secret.write_text(given["secret"], "utf-8")
        keys = " ".join(given["keys"])
        save_link(_viewer(owner), _organization(partner), url=given["url"], secret_file=partner, their_keys=keys)
    return {"at": datetime.now(UTC).isoformat()}


def _organization(name: str) -> Organization:
    return Organization.objects.get(name_en=f"Example {name}")


def _viewer(name: str) -> Viewer:
    return build_viewer(_organization(name), {Role.ADMINISTRATOR.value, Role.ANALYST.value}, None)._replace(
        key=_key(name)
    )


def _key(name: str) -> int:
    owner = _organization(name)
    found = ApiKey.objects.filter(organization=owner, name="setup").first()
    return (found or ApiKey.make(owner, "setup", scopes=[])[0]).pk


ACTS = {act.__name__: act for act in (make, join)}

if __name__ == "__main__":
    print(json.dumps(ACTS[sys.argv[1]](*sys.argv[2:])))
