"""What a turn is decided by: one matter a module, in the order of ``agent.decision``. Pure."""
