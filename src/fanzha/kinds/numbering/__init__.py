"""Parse telephone numbers: the Chinese numbering plan from a table, other countries with phonenumbers."""
