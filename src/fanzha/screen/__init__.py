"""Answers in the moment: calls being set up, numbers and links being asked about; no Django, no database (design §1)."""
