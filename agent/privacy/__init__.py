"""A customer's own data: handing it out, erasing it, and remembering not to text them again."""
