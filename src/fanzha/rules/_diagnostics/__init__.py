"""Every mistake that can be made in a rule text, with its fix and an example that makes it."""

from types import ModuleType

from fanzha.rules._diagnostics import grammar, limits, names, signs, types
from fanzha.rules.diagnostics import DiagnosticKind

_MODULES: tuple[ModuleType, ...] = (signs, grammar, names, types, limits)

#: Every sort of mistake by its code, in order.
FORMS = {form.code: form for module in _MODULES for form in vars(module).values() if isinstance(form, DiagnosticKind)}
