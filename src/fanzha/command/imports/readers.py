"""Who reads the imports of an organisation."""

from fanzha.command.web.roles import Role

READERS = (Role.ADMINISTRATOR, Role.CLERK, Role.REVIEWER)
