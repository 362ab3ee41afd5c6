"""Parts of the phishing-page detector: findings and examples."""
