"""What messages say, read from their words beside the models."""
