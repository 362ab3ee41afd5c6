"""Models of the API framework."""

from fanzha.command.web.api.models.kept_answer import KeptAnswer

__all__ = ["KeptAnswer"]
