"""Running turns and sends: durably on DBOS, or inline for the terminal and simulations."""
