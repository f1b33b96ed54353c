"""How long a reader waits for the filter of a table of 2,000 rows: ``python benchmarks/filtering.py``.

Exits with 1 when that is over its bound. In a Chromium, from the key to the frame that shows what it did.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import projects

ROWS = 2_000
KEY_BOUND = 100  # milliseconds; 50 are the aim, and reached on a machine that does nothing else
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
TO_NEXT_FRAME = """async ([text]) => {
  const input = document.querySelector(".poetry-tools input");
  const start = performance.now();
  input.value = text;
  input.dispatchEvent(new Event("input"));
  await new Promise((done) => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = done;
    channel.port2.postMessage(null);
  }));
  return performance.now() - start;
}"""
PAGE = "Page\n====\n\n.. poetry:dependencies::\n   :transitive:\n"


def main() -> int:
    """Measure, print, judge."""
    with tempfile.TemporaryDirectory() as scratch:
        top = Path(scratch)
        docs = projects.make(top / "project", packages=ROWS) / "docs"
        docs.mkdir()
        (docs / "conf.py").write_text('html_theme = "basic"\nextensions = ["sphinx_poetry_ext"]\n', "utf-8")
        (docs / "index.rst").write_text(PAGE, "utf-8")
        subprocess.run([sys.executable, "-m", "sphinx", "-Q", str(docs), str(top / "out")], check=True)
        texts = ("a", "acme-part-1", "acme-part-15", "19", "what ht", "nothing has this", "")
        return 0 if time(top / "out" / "index.html", texts, f"{ROWS} rows") else 1


def time(page: Path, texts: Sequence[str], what: str) -> bool:
    """Print how long each of *texts*, typed into the filter of *page*, takes; whether that is within the bound."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        program = None
    if program is None:
        sys.stdout.write("skip filtering in a browser (no Chromium, or no Playwright, found)\n")
        return True
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=OPTIONS)
        shown = chromium.new_page()
        shown.goto(page.as_uri())
        shown.wait_for_selector(".poetry-tools input")
        shown.wait_for_timeout(1_000)  # what is prepared before the first key
        took: dict[str, float] = {}
        for _ in range(3):  # the best of each, since a busy machine is nobody's mistake
            for text in texts:
                milliseconds: float = shown.evaluate(TO_NEXT_FRAME, [text])
                shown.wait_for_timeout(400)
                took[text] = min(milliseconds, took.get(text, milliseconds))
        chromium.close()
    median = statistics.median(took.values())
    fits = median <= KEY_BOUND
    sys.stdout.write(
        f"{'ok  ' if fits else 'OVER'} {median:7.1f} ms (at most {KEY_BOUND} ms)  a key in the filter of {what}, "
        f"at worst {max(took.values()):.1f} ms\n"
    )
    return fits


if __name__ == "__main__":
    sys.exit(main())
