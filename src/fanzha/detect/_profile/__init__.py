"""Parts of the fraud-subscriber detector: findings and examples."""
