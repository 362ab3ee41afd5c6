"""Pages of webhooks."""

from fanzha.command.webhooks.views.subscription_form import again, change
from fanzha.command.webhooks.views.subscriptions import detail, listing

__all__ = ["again", "change", "detail", "listing"]
