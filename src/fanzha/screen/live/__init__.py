"""Rules in the moment: facts counted as they come, firings told as analysis would, calls treated as meant."""
