"""What the API keeps."""

from fanzha.command.web.api.models.kept_answer import KeptAnswer

__all__ = ["KeptAnswer"]
