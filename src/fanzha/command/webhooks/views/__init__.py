"""Pages of webhooks."""

from fanzha.command.webhooks.views.editing import again, change
from fanzha.command.webhooks.views.subscriptions import detail, listing

__all__ = ["again", "change", "detail", "listing"]
