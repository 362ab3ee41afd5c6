"""A site on which the public finds something everywhere: tags, a bulletin, a lesson with its quiz; all made up."""

import os
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fanzha.command.web.settings")


def make() -> None:
    """Make the organisations and what they published."""
    from tests.command.bulletins.bulletins_made import made_month
    from tests.command.bulletins.bulletins_made import published as publish_bulletin
    from tests.command.education.items_made import published as publish_item
    from tests.command.education.items_made import quiz_draft
    from tests.field.tagged_numbers import make_tags

    world = make_tags()
    settings = Path(os.environ["FANZHA_HOME"], "fanzha.toml")
    settings.write_text(settings.read_text("utf-8") + "\n[link_list]\nenabled = true\n", "utf-8")
    made_month(world)
    publish_bulletin(world)
    publish_item(world)
    publish_item(world, quiz_draft())


if __name__ == "__main__":
    django.setup()
    make()
