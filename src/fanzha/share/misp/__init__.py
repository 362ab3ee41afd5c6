"""The feed format of MISP: `manifest.json`, `hashes.csv` and one file an event, written and read."""

from fanzha.share.misp.reader import FeedEvent, read_event, read_manifest
from fanzha.share.misp.writer import FeedFile, write_feed

__all__ = ["FeedEvent", "FeedFile", "read_event", "read_manifest", "write_feed"]
