"""The site's catalogue of translations, kept without any program but Python."""
