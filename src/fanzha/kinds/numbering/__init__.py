"""How a written number is understood: the Chinese numbering plan by table, all other countries by phonenumbers."""
