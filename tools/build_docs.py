"""Write the reference pages from the code itself, so that they cannot say anything else than what runs.

Usage: python tools/build_docs.py docs/reference/generated
"""

import argparse
from collections.abc import Callable
from pathlib import Path

from reference_pages.commands import commands
from reference_pages.detectors import detectors
from reference_pages.dispose_channels import dispose_channels
from reference_pages.errors import errors
from reference_pages.events import events
from reference_pages.facts import facts
from reference_pages.figures_and_forms import figures_and_forms
from reference_pages.fraud_types import fraud_types
from reference_pages.glossary import glossary_page
from reference_pages.kinds import kinds
from reference_pages.models import models
from reference_pages.processes import processes
from reference_pages.readers import readers
from reference_pages.retention import retention
from reference_pages.screen_metrics import screen_metrics
from reference_pages.screen_openapi import screen_openapi
from reference_pages.site_openapi import site_openapi
from reference_pages.warning_channels import warning_channels

PAGES: dict[str, Callable[[], str]] = {
    "commands.md": commands,
    "detectors.md": detectors,
    "dispose-channels.md": dispose_channels,
    "errors.md": errors,
    "events.md": events,
    "facts.md": facts,
    "figures-and-forms.md": figures_and_forms,
    "fraud-types.md": fraud_types,
    "glossary.md": glossary_page,
    "kinds.md": kinds,
    "models.md": models,
    "processes.md": processes,
    "readers.md": readers,
    "retention.md": retention,
    "screen-metrics.md": screen_metrics,
    "screen-openapi.json": screen_openapi,
    "site-openapi.json": site_openapi,
    "warning-channels.md": warning_channels,
}


def main() -> None:
    """Write every page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    for name, build in PAGES.items():
        (folder / name).write_text(build(), "utf-8")


if __name__ == "__main__":
    main()
