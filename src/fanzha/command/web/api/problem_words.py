"""Bilingual texts of field errors. Those of pydantic are English only and refer to Python types."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_SAID = {
    "missing": gettext_lazy("is required"),
    "extra_forbidden": gettext_lazy("is not known"),
    "string_type": gettext_lazy("must be text"),
    "int_type": gettext_lazy("must be a whole number"),
    "int_parsing": gettext_lazy("must be a whole number"),
    "int_from_float": gettext_lazy("must be a whole number"),
    "float_type": gettext_lazy("must be a number"),
    "float_parsing": gettext_lazy("must be a number"),
    "bool_type": gettext_lazy("must be true or false"),
    "bool_parsing": gettext_lazy("must be true or false"),
    "list_type": gettext_lazy("must be a list"),
    "dict_type": gettext_lazy("must be an object"),
    "model_type": gettext_lazy("must be an object"),
    "model_attributes_type": gettext_lazy("must be an object"),
    "datetime_parsing": gettext_lazy("must be a date and time (ISO 8601)"),
    "datetime_from_date_parsing": gettext_lazy("must be a date and time (ISO 8601)"),
    "date_parsing": gettext_lazy("must be a day (ISO 8601)"),
    "timezone_aware": gettext_lazy("must include a time zone"),
    "json_invalid": gettext_lazy("is not JSON"),
    "string_pattern_mismatch": gettext_lazy("does not have the required format"),
}


def translate_error(error: dict[str, Any]) -> str:
    """Return the text of a pydantic error, by its type and context."""
    kind, context = error.get("type", ""), error.get("ctx", {})
    if kind in _SAID:
        return str(_SAID[kind])
    match kind:
        case "greater_than_equal":
            return _("must be at least %(value)s") % {"value": context.get("ge")}
        case "less_than_equal":
            return _("must be at most %(value)s") % {"value": context.get("le")}
        case "greater_than":
            return _("must be more than %(value)s") % {"value": context.get("gt")}
        case "less_than":
            return _("must be less than %(value)s") % {"value": context.get("lt")}
        case "string_too_long" | "too_long" | "bytes_too_long":
            return _("must have a length of at most %(value)s") % {"value": context.get("max_length")}
        case "string_too_short" | "too_short" | "bytes_too_short":
            return _("must have a length of at least %(value)s") % {"value": context.get("min_length")}
        case "enum" | "literal_error":
            return _("must be one of: %(value)s") % {"value": context.get("expected")}
    return _("is not valid")
