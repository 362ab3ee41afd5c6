"""A zoo of made-up sites: phishing kits and honest sites by a seed, hostile pages, and a server for all of them."""
