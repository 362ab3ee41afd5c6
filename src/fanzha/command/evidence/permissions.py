"""Roles that may read and verify the log, and roles that may see its personal values."""

from fanzha.command.web.roles import Role

READERS = (Role.PRIVACY_OFFICER, Role.REVIEWER, Role.ADMINISTRATOR)
#: Administrators and privacy officers oversee the system; neither may see personal values.
SHOWN_PERSONAL = (Role.REVIEWER,)
