"""What a carrier has of education in the access matrix: an item with a secret text, submitted for its check."""

from tests.command.access.owning import Owned
from tests.command.education.items_made import draft, submitted, written
from tests.command.people import World

from fanzha.command.web.scoping import unscoped


def owned(world: World, secret: str) -> Owned:
    """Write and submit an item."""
    version = submitted(world, written(world, draft(slug="owned", title_en=secret), "carrier"), "carrier")
    texts = {"title_zh": "标题", "title_en": "Title", "body_zh": "正文。", "body_en": "Text."}
    with unscoped("test"):
        item = version.item
    return Owned(
        hidden={
            "education/{ref}": item.ref,
            "education/processes/{ref}": version.process,
            "api/v1/education/items/{ref}": item.ref,
        },
        shared={"learn/{slug}": "owned"},
        bodies={
            "POST education/new/": {
                "kind": "column",
                "slug": "new-item",
                "audience": "everybody",
                "urgency": "usual",
                **texts,
            },
            "POST education/{ref}/edit/": {"audience": "everybody", "urgency": "usual", **texts},
            "POST education/paper/": {"begins": "2026-10-01", "ends": "2026-10-31"},
            "POST education/set/": {"do": "submit"},
            "POST api/v1/education/items": {"kind": "column", "slug": "by-key", **texts},
            "PUT api/v1/education/items/{ref}/text": texts,
            "POST api/v1/education/papers": {"begins": "2026-09-01", "ends": "2026-09-30"},
            "POST api/v1/education/set/approve": {"checked": "Read whole."},
        },
    )
