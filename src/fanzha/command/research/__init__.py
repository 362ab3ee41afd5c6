"""Research without handing out records: partners' models run beside ours, tables leave with small cells withheld."""
