"""What is known of whom: subjects, findings, opinions, verdicts, police cases beside them, and how they come in."""
