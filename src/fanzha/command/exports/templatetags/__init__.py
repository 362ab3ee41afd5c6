"""Tags by which pages of other apps show masked values."""
