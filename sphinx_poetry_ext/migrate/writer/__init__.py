"""A plan as the text of pyproject.toml: `toml` writes values, `tables` the tables of both styles, `merging` puts them
into a file that is there already.
"""
