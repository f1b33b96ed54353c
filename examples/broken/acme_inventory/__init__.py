"""Lists what is in the warehouse."""
