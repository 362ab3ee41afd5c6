"""The analyze plane: detectors over files, training, evaluation, the report."""
