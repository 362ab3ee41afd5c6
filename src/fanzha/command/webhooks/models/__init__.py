"""Models of webhooks."""

from fanzha.command.webhooks.models.delivery import Delivery, DeliveryState
from fanzha.command.webhooks.models.subscription import Subscription

__all__ = ["Delivery", "DeliveryState", "Subscription"]
