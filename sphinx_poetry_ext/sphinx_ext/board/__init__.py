"""What ``poetry:board`` is made of: boards as they are read, their words, columns, tables and pictures."""
