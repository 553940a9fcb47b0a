"""Reading documents and catalogues, finding passages and products, knowing what is not known."""
