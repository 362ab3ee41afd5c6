"""Pages of webhooks."""

from fanzha.command.webhooks.views.changing import again, change
from fanzha.command.webhooks.views.showing import detail, listing

__all__ = ["again", "change", "detail", "listing"]
