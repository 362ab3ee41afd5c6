"""Parts of the detector of fraud apps: what an app can do, names and brands, findings and examples."""
