"""The feed format of MISP: `manifest.json`, `hashes.csv` and one file an event, written and read."""

from fanzha.share.misp.reader import FeedEvent, read_event, read_manifest
from fanzha.share.misp.writer import FeedBlock, FeedFile, block_event_id, write_block, write_feed, write_manifest

__all__ = [
    "FeedBlock",
    "FeedEvent",
    "FeedFile",
    "block_event_id",
    "read_event",
    "read_manifest",
    "write_block",
    "write_feed",
    "write_manifest",
]
