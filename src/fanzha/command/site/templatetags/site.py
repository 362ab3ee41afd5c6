"""Tags and filters that every template knows without loading them."""

from django import template

register = template.Library()
