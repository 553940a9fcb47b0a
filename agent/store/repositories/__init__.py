"""One repository a kind of thing. They never commit; the unit of work does."""
