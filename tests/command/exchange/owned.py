"""What a carrier has of the exchange in the access matrix: a collection that another organisation reads, and a feed."""

from django.utils import timezone
from tests.command.access.owning import Owned
from tests.command.people import World

from fanzha.command.exchange.models import Collection, CollectionReader, Feed, SharedObject


def owned(world: World, secret: str) -> Owned:
    """Make them."""
    carrier, now, api = world["carrier"], timezone.now(), "api/v1/exchange/collections"
    row = Collection._base_manager.create(owner=carrier, title_zh="钓鱼", title_en="Phishing", created_at=now)
    grant = CollectionReader._base_manager.create(collection=row, reader=world["police"], purpose=secret, since=now)
    SharedObject._base_manager.create(
        collection=row, stix_id="indicator--1", stix_type="indicator", version="2026-11-02T08:00:00Z", version_at=1,
        added_at=now, marking="TLP:AMBER", source=carrier, body=secret.encode(),
    )  # fmt: skip
    feed = Feed._base_manager.create(
        owner=carrier,
        source=world["partner"],
        name=secret,
        format="csv",
        url=f"https://{secret}.example/",
        created_at=now,
    )
    feeds = "api/v1/exchange/feeds"
    taxii = "taxii2/fanzha/collections/{taxii_id}"
    files = "exchange-feeds/{taxii_id}"
    reader = {"organization": world["bank"].ref, "purpose": "for the matrix"}
    return Owned(
        hidden={
            "exchange/{ref}": row.ref,
            f"{api}/{{ref}}": row.ref,
            "exchange/feeds/{ref}": feed.ref,
            f"{feeds}/{{ref}}": feed.ref,
        },
        shared={
            "exchange/{ref}/readers/{number}": grant.pk,
            f"{api}/{{ref}}/readers/{{number}}": grant.pk,
            "taxii2/fanzha/status/{ref}": row.taxii_id,
            taxii: row.taxii_id,
            f"{taxii}/objects/{{stix_id}}": "indicator--1",
            files: row.taxii_id,
            f"{files}/misp/{{event_id}}": row.taxii_id,
        },
        bodies={
            f"POST {api}": {"title_zh": "甲乙", "title_en": "ab"},
            f"POST {api}/{{ref}}/readers": reader,
            f"POST {feeds}": {
                "source": world["bank"].ref,
                "name": "a list",
                "format": "csv",
                "url": "https://a.example/",
            },
        },
    )
