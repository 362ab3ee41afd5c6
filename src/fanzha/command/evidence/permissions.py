"""Who reads the log, who may have it checked, and who may see the personal values that it is committed to."""

from fanzha.command.web.roles import Role

READERS = (Role.PRIVACY_OFFICER, Role.REVIEWER, Role.ADMINISTRATOR)
#: An administrator keeps the machine, the privacy officer watches who looks: what it knows of persons is not theirs.
SHOWN_PERSONAL = (Role.REVIEWER,)
