"""Rules over single facts: read fields, join calls, update windows and decide rules without Arrow columns."""
