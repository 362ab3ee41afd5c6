"""Commands that work on the site's own database: Django is made ready only for these."""

import os


def ready() -> None:
    """Make Django ready for this process; raises WrongCall where the site is not installed."""
    from fanzha.run.part import SETTINGS
    from fanzha.run.up import needs

    needs("command")
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
    import django

    django.setup()
