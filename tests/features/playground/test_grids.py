"""What is pasted from a spreadsheet, or opened as a CSV, is read cell by cell as it was written."""

import csv
import io

from tests.browser.fixtures import OpenPage

READ = """async texts => {
  const base = document.querySelector("meta[name=static-base]").content;
  const { readGrid } = await import(`${base}js/playground/table-data.js`);
  return texts.map(readGrid);
}"""
CELLS = [["age", "note"], ["1", "a,b;c\td"], ["2", 'say "yes"'], ["3", "two\nlines"]]
PASTED = {
    "a\tb\n1\t2\n": [["a", "b"], ["1", "2"]],
    "a;b\n1,5;2\n": [["a", "b"], ["1,5", "2"]],
    "a,b\r\n1,2": [["a", "b"], ["1", "2"]],
    '3" pipe\t4\n5" pipe\t6': [['3" pipe', "4"], ['5" pipe', "6"]],
    "1\n\n2\n": [["1"], ["2"]],
}


def written(delimiter: str) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(CELLS)
    return out.getvalue()


def test_cells_come_back_whatever_separates_them_and_stands_in_them(open_page: OpenPage) -> None:
    page = open_page("bob", bypass_csp=True)  # the test itself imports modules of the page
    page.goto("/playground")
    quoted = 'note,age\r\n"a\tb, said ""he""",1\r\n'
    first_quoted = '"a\tb","c\nd"\n1,2\n'
    texts = [written(","), written(";"), written("\t"), quoted, first_quoted, *PASTED]
    assert page.evaluate(READ, texts) == [
        CELLS,
        CELLS,
        CELLS,
        [["note", "age"], ['a\tb, said "he"', "1"]],
        [["a\tb", "c\nd"], ["1", "2"]],
        *PASTED.values(),
    ]
