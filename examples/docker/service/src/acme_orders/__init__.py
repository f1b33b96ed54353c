"""Takes orders and hands them on to the warehouse."""
