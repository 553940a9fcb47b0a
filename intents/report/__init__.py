"""An evaluation to look at: one page with its pictures and tables."""
