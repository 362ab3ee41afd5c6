"""Warnings: what they say, trials of wordings, and subscribers who refuse calls from abroad."""
