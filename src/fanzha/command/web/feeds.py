"""Atom feeds whose texts may hold any character that was typed or pasted."""

import re
from typing import Any

from django.utils.feedgenerator import Atom1Feed

#: Characters that XML 1.0 does not allow (§2.2), which texts pasted from other programs hold.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class AtomFeed(Atom1Feed):
    """An Atom feed that leaves out characters which XML does not allow; one of them would break the whole feed."""

    def add_item(self, title: str, link: str, description: str, *args: Any, **fields: Any) -> None:
        """Add an entry."""
        super().add_item(_NOT_XML.sub("", title), link, _NOT_XML.sub("", description), *args, **fields)
