"""The parts of a turn (``agent.turn``): what goes in and comes out, what is heard, what is said."""
