"""Answers in the moment: calls being set up, numbers and links asked about; no Django, no database (design §1)."""
