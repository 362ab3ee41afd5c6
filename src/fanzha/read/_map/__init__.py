"""The column map: how the columns of a source fill event columns, with units and legal basis."""
