"""The phone simulator: a customer's message thread in the browser."""
