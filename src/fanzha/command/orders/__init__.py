"""Orders: one organisation asks others to act. Delivery, answers and proofs of each receiver."""
