"""Model families: classifiers and features that several models share."""
