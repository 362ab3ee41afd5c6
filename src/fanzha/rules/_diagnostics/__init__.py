"""All kinds of diagnostics, each with its fix and an example that causes it."""

from types import ModuleType

from fanzha.rules._diagnostics import grammar, limits, names, signs, types, warnings
from fanzha.rules.diagnostics import DiagnosticKind

_MODULES: tuple[ModuleType, ...] = (signs, grammar, names, types, limits)

#: All kinds of errors by code, in order.
FORMS = {form.code: form for module in _MODULES for form in vars(module).values() if isinstance(form, DiagnosticKind)}

#: All kinds of warnings by code, in order.
WARNINGS = {form.code: form for form in vars(warnings).values() if isinstance(form, DiagnosticKind)}
