"""Shared tags of numbers, links, apps and accounts, and the public look-up of them."""
