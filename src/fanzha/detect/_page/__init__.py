"""How the phishing-page detector tells what it found, and its worked examples."""
