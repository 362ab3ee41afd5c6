"""The gate for other countries: approvals of the competent authority, and what left under each."""
