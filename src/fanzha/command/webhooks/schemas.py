"""API schemas of webhooks."""

from datetime import datetime

from ninja import Schema
from pydantic import Field

from fanzha.command.webhooks.models import Delivery, Subscription
from fanzha.command.webhooks.signing_keys import public_keys


class SubscribeIn(Schema):
    """Request for a subscription: URL and names of processes (none: all)."""

    url: str = Field(min_length=1, max_length=400)
    processes: list[str] = Field(default=[], max_length=100)


class ChangeIn(Schema):
    """Pause or resume. Events during a pause are sent when it is resumed."""

    is_active: bool


class SubscriptionOut(Schema):
    """A subscription. `keys` are Standard Webhooks public keys (`whpk_…`), newest first."""

    ref: str
    url: str
    processes: list[str]
    is_active: bool
    keys: list[str]
    made_at: datetime

    @classmethod
    def of(cls, subscription: Subscription) -> "SubscriptionOut":
        """Build the schema from a subscription."""
        plain = {name: getattr(subscription, name) for name in cls.model_fields if name != "keys"}
        return cls(**plain, keys=public_keys(subscription))


class DeliveryOut(Schema):
    """One delivery of an event."""

    id: int
    message: str = Field(description="the webhook-id that it has each time it is sent")
    state: str
    attempts: int
    next_at: datetime
    problem: str
    done_at: datetime | None

    @classmethod
    def of(cls, delivery: Delivery) -> "DeliveryOut":
        """Build the schema from a delivery. Select its subscription with it."""
        return cls(**{name: getattr(delivery, name) for name in cls.model_fields if name != "id"}, id=delivery.pk)
