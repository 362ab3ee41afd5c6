"""The oracle: an independent translation of rules to plain SQL, which shares only the tree with the kernel."""
