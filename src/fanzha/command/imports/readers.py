"""Who reads the imports of an organisation."""

from fanzha.command.organizations.kinds import Role

READERS = (Role.ADMINISTRATOR, Role.CLERK, Role.REVIEWER)
