"""Ask a site's public list whether a link is listed, without telling the link: see `fanzha.collect.link_check`."""

from fanzha.collect.link_check import LinkChecker, LinkVerdict, ListDamaged, UpdateResult

__all__ = ["LinkChecker", "LinkVerdict", "ListDamaged", "UpdateResult"]
