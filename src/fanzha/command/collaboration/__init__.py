"""How colleagues work together: comments, mentions and subscriptions on campaigns, processes and subjects."""
