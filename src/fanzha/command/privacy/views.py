"""Pages of retention."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from fanzha.command.organizations.schemas import SignedInRequest
from fanzha.command.privacy.presenters import retention_figures, retention_table
from fanzha.command.privacy.retention_report import retention_lines
from fanzha.command.web.access import signed_in
from fanzha.command.web.roles import Role


@signed_in(Role.ADMINISTRATOR, Role.PRIVACY_OFFICER)
def retention(request: SignedInRequest) -> HttpResponse:
    """Show for each table the law, its limits, the setting, the oldest row and the last run."""
    lines = retention_lines()
    context = {"figures": retention_figures(lines, timezone.now()), "table": retention_table(lines)}
    return render(request, "privacy/retention.html", context)
