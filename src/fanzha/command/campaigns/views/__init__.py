"""Pages of the queue and of campaigns; what they do is done by the services beside them."""

from fanzha.command.campaigns.views.campaign import campaign
from fanzha.command.campaigns.views.deciding import act, bulk, move, undo
from fanzha.command.campaigns.views.queue import queue

__all__ = ["act", "bulk", "campaign", "move", "queue", "undo"]
