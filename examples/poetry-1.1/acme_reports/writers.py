"""The forms that a report can take."""

from jinja2 import Template
from tabulate import tabulate

PAGE = Template(
    "<table>{% for row in rows %}<tr>{% for cell in row.values() %}<td>{{ cell|e }}</td>{% endfor %}</tr>{% endfor %}</table>\n"
)


def as_text(rows):
    return tabulate(rows, headers="keys")


def write_html(rows, path):
    with open(path, "w", encoding="utf-8") as file:
        file.write(PAGE.render(rows=rows))


def write_xlsx(rows, path):
    from openpyxl import Workbook

    book = Workbook()
    for row in rows:
        book.active.append(list(row.values()))
    book.save(path)
