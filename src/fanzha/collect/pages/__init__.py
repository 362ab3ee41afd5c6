"""Look at pages: a sandboxed browser, several personas, and evidence of what each of them got."""
