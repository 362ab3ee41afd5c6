"""Reports of the public: intake without login, classification, routing to the owners, receipts, call-backs."""
