"""Pictures that the server draws as SVG: they need no script, print, and have a table behind them."""
