"""Many packages on their way to Poetry: what each reports, what a board says of it, and what both make together."""
