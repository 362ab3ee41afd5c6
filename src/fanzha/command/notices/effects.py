"""Effects of steps on notices: send the text of one."""

from fanzha.command.notices.text_delivery import send_notice_text
from fanzha.command.processes.services import EffectHandler
from fanzha.processes.effects import Effect

EFFECTS = {Effect.SEND_NOTICE_TEXT: EffectHandler(send_notice_text, sends=True)}
