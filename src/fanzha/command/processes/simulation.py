"""Decide whether a process is an exercise: by its owner, its opener, or its subject.

Other apps contribute `is_simulated(about)` in their `simulated_origins.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fanzha.command.organizations.selectors import all_organizations
from fanzha.command.processes.services import About
from fanzha.command.web.discovery import app_modules

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization


def is_simulated(owner: Organization, about: About, opener: int | None = None) -> bool:
    """Return whether a process opened for an organisation, by another one (`opener`, primary key), is an exercise."""
    by_simulated = opener is not None and all_organizations().filter(pk=opener, simulated=True).exists()
    return (
        by_simulated
        or about.simulated
        or owner.simulated
        or any(module.is_simulated(about) for module in app_modules("simulated_origins"))
    )
