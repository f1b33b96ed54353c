"""Converts lengths and masses, and writes them the way each language does."""

from babel.units import format_unit

METRES = {"length-meter": 1.0, "length-foot": 0.3048, "length-mile": 1609.344}
GRAMS = {"mass-gram": 1.0, "mass-ounce": 28.349523125, "mass-pound": 453.59237}


def convert(value: float, unit: str, to: str) -> float:
    """The value, given in one unit, in another unit of the same kind."""
    for table in (METRES, GRAMS):
        if unit in table and to in table:
            return value * table[unit] / table[to]
    raise ValueError(f"cannot convert {unit} to {to}")


def write(value: float, unit: str, locale: str = "en") -> str:
    """The value and its unit in words, such as "5 feet"."""
    return format_unit(value, unit, locale=locale)
