"""All kinds of diagnostics, each with its fix and an example that causes it."""

from types import ModuleType

from fanzha.rules._diagnostics import grammar, limits, names, signs, types
from fanzha.rules.diagnostics import DiagnosticKind

_MODULES: tuple[ModuleType, ...] = (signs, grammar, names, types, limits)

#: All kinds of diagnostics by code, in order.
FORMS = {form.code: form for module in _MODULES for form in vars(module).values() if isinstance(form, DiagnosticKind)}
