"""Find organisations by ref or name, as given in settings and commands."""

from django.db.models import Q

from fanzha.command.organizations.models import Organization


def find_organization(name: str) -> Organization | None:
    """Return the active organisation with a ref or name, or None."""
    named = Q(ref=name) | Q(name_zh=name) | Q(name_en=name)
    return Organization.objects.filter(named, is_active=True).order_by("pk").first() if name else None
