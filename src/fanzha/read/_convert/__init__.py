"""From a source's cells to typed event columns, whole columns at a time."""
