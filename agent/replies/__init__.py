"""What the agent says: templates, grounded answers, the guard, and fitting a text to SMS."""
