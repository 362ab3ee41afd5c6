"""STIX 2.1 (OASIS Standard, 2021): our statements as its objects, and its objects as statements of others."""

from fanzha.share.stix.extensions import extension_objects
from fanzha.share.stix.markings import marking_object
from fanzha.share.stix.objects import StixWriter, revoke
from fanzha.share.stix.reader import read_objects

__all__ = ["StixWriter", "extension_objects", "marking_object", "read_objects", "revoke"]
