"""Sites that access providers host: customers, filing numbers, checks, looks at them, and who holds which addresses."""
