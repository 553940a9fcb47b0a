"""The brand's own systems, one file each: what they know of a customer, as evidence."""
