"""List what this Python finds installed, one ``name==version`` a line. Run it in the image."""

from importlib.metadata import distributions

for line in sorted({f"{found.name}=={found.version}" for found in distributions()}, key=str.lower):
    print(line)
