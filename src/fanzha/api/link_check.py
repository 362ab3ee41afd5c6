"""Check links against the public list of a site; the links are not sent (see `fanzha.collect.link_check`)."""

from fanzha.collect.link_check import LinkChecker, LinkVerdict, ListDamaged, UpdateResult

__all__ = ["LinkChecker", "LinkVerdict", "ListDamaged", "UpdateResult"]
