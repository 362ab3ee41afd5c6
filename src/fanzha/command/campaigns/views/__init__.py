"""Pages of the queue and of campaigns; what they do is done by the services beside them."""

from fanzha.command.campaigns.views.campaign import campaign
from fanzha.command.campaigns.views.queue import queue
from fanzha.command.campaigns.views.transitions import act, bulk, move, undo

__all__ = ["act", "bulk", "campaign", "move", "queue", "undo"]
