"""How detectors in rule text run: all rules over one state, each firing told once, with its reasons and evidence."""
