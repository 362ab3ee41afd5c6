"""What people do on one of two sites that exchange intelligence: `python -m tests.field.exchange_acts ACT ...`."""

import json
import os
import sys

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "fanzha.command.web.settings"
django.setup()

from django.utils import timezone  # noqa: E402
from tests.command.campaigns.factories import campaign  # noqa: E402
from tests.command.people import make_world  # noqa: E402

from fanzha.base.words import Words  # noqa: E402
from fanzha.command.campaigns.models import Campaign  # noqa: E402
from fanzha.command.campaigns.services import apply_transition  # noqa: E402
from fanzha.command.campaigns.transitions import CampaignTransition, TransitionKind  # noqa: E402
from fanzha.command.exchange.feed_services import FeedTerms, subscribe_feed  # noqa: E402
from fanzha.command.exchange.models import FeedItem  # noqa: E402
from fanzha.command.exchange.services import CollectionDraft, grant_reader, make_collection  # noqa: E402
from fanzha.command.organizations.models import ApiKey, Organization  # noqa: E402
from fanzha.command.organizations.selectors import build_viewer  # noqa: E402
from fanzha.command.subjects.models import OpinionRow  # noqa: E402
from fanzha.command.web.roles import Role  # noqa: E402
from fanzha.command.web.scoping import unscoped  # noqa: E402
from fanzha.command.web.viewer import Viewer  # noqa: E402


def _centre() -> Viewer:
    owner = Organization.objects.get(name_en="Example centre")
    person = owner.memberships.get(role=Role.ANALYST.value).person_id
    return build_viewer(owner, {Role.ANALYST.value, Role.LIAISON.value}, person)


def give() -> object:
    """Make the site that gives: a campaign, a collection that the partner reads, and the partner's key."""
    world = make_world()
    world.person("centre", Role.ANALYST)
    made = make_collection(CollectionDraft(Words("示例", "example")), _centre())
    grant_reader(made, world["partner"], "the other site", _centre())
    campaign(world["centre"], simulated=True)
    key, secret = ApiKey.make(world["partner"], "taxii", scopes=["exchange:read"])
    return {"collection": str(made.taxii_id), "client": key.shown, "secret": secret}


def take(site: str, path: str, client: str, secret_file: str) -> object:
    """Make the site that takes: its centre subscribes to the feed of the other site's centre, by access tokens."""
    world = make_world()
    world.person("centre", Role.ANALYST)
    terms = FeedTerms(
        "other site",
        "taxii",
        f"{site}{path}",
        user=client,
        secret_file=secret_file,
        token_url=f"{site}/oauth2/token",
        token_scope="exchange:read",
        every_seconds=10,
        trust=1.0,
    )
    return {"feed": subscribe_feed(world["partner"], terms, _centre()).ref, "owner": world["centre"].ref}


def confirm() -> object:
    """Confirm the campaign."""
    return _decide(CampaignTransition(TransitionKind.CONFIRM))


def clear() -> object:
    """Clear it as a false alarm."""
    return _decide(CampaignTransition(TransitionKind.CLEAR, note="a mistake"))


def _decide(transition: CampaignTransition) -> object:
    with unscoped("test"):
        ref = Campaign.objects.get().ref
        apply_transition({ref: None}, transition, _centre(), timezone.now())
    return {}


def state() -> object:
    """Return the values on which opinions of others stand, and how many items were withdrawn."""
    with unscoped("test"):
        rows = OpinionRow.objects.filter(OpinionRow.standing()).select_related("subject")
        withdrawn = FeedItem.objects.filter(withdrawn_at__isnull=False).count()
        return {"standing": sorted(row.subject.value for row in rows), "withdrawn": withdrawn}


ACTS = {act.__name__: act for act in (give, take, confirm, clear, state)}

if __name__ == "__main__":
    print(json.dumps(ACTS[sys.argv[1]](*sys.argv[2:])))
