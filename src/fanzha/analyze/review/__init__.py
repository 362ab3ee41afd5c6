"""Review a drawn sample: two people mark it without seeing each other's marks, a third settles differences."""
