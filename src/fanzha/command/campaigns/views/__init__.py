"""Pages of the queue and of campaigns."""

from fanzha.command.campaigns.views.campaign import campaign
from fanzha.command.campaigns.views.queue import queue
from fanzha.command.campaigns.views.transitions import act, bulk, move, undo

__all__ = ["act", "bulk", "campaign", "move", "queue", "undo"]
