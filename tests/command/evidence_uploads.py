"""Evidence files that every organisation of a test has uploaded."""

from collections.abc import Iterable

from fanzha.command.organizations.models import Organization
from fanzha.command.processes.uploads import store_for_organization


def upload_for_all(chunks: Iterable[bytes]) -> str:
    """Store a file as an upload of each organisation; return its SHA-256."""
    content = b"".join(chunks)
    return {store_for_organization(content, pk) for pk in Organization.objects.values_list("pk", flat=True)}.pop()
