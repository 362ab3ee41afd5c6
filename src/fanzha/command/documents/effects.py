"""The effect that issues the documents of a step."""

from fanzha.command.documents.services import issue_documents
from fanzha.command.processes.services import EffectHandler
from fanzha.processes.effects import Effect

EFFECTS = {Effect.ISSUE_DOCUMENTS: EffectHandler(issue_documents)}
