"""Tests of the library as it is installed, not of the folder that it was made from."""

import unittest
from pathlib import Path

import acme_labels
import hedgehog


class Labels(unittest.TestCase):
    """What a label looks like, and where it comes from."""

    def test_a_label_is_in_capitals(self) -> None:
        self.assertEqual(acme_labels.label(" oats "), "OATS")

    def test_the_wheel_is_tested(self) -> None:
        self.assertIn("site-packages", Path(acme_labels.__file__).parts)

    def test_the_test_group_is_there(self) -> None:
        self.assertEqual(hedgehog.__version__.split(".")[0], "8")
