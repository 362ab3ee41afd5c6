"""Pages that belong to no desk."""

from fanzha.command.web.views.switches import choose_language, choose_organization, choose_theme

__all__ = ["choose_language", "choose_organization", "choose_theme"]
