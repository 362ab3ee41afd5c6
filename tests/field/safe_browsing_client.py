"""Ask a list by the client that Google publishes: `python safe_browsing_client.py ADDRESS PREFIX…`, answers as JSON.

It runs with the packages of `tools/field_peers` alone, and takes addresses and fields from its own description of v5.
"""

import json
import sys

from googleapiclient.discovery import build  # type: ignore[import-not-found]


def ask(address: str, prefixes: list[str]) -> dict[str, object]:
    """Return what each method of the service answers."""
    service = build(
        "safebrowsing", "v5", developerKey="none", static_discovery=True, client_options={"api_endpoint": address}
    )
    whole = service.hashList().get(name="se-4b").execute()
    return {
        "lists": service.hashLists().list().execute(),
        "whole": whole,
        "batch": service.hashLists().batchGet(names=["se-4b"], version=[whole["version"]]).execute(),
        "search": service.hashes().search(hashPrefixes=prefixes).execute(),
    }


if __name__ == "__main__":
    print(json.dumps(ask(sys.argv[1], sys.argv[2:])))
