"""How the fraud-subscriber detector tells what it found, and its worked examples."""
