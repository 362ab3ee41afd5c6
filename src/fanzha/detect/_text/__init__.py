"""What the text detectors weigh and say."""
