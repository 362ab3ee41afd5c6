"""An organisation as operators name it in settings and commands: by its ref, or by a name of it."""

from django.db.models import Q

from fanzha.command.organizations.models import Organization


def find_organization(name: str) -> Organization | None:
    """Return the active organisation of a ref or name; None when nothing is said, or nobody has it."""
    named = Q(ref=name) | Q(name_zh=name) | Q(name_en=name)
    return Organization.objects.filter(named, is_active=True).order_by("pk").first() if name else None
