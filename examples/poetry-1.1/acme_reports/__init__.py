"""Monthly sales reports."""
