"""Texts that try to act on the terminal, and on what draws them."""

ATTACKS = {
    "blinking and hidden text": "\x1b[5;8m",
    "the cursor far away": "\x1b[999;999H",
    "the history of the terminal": "\x1b[3J",
    "the alternate screen": "\x1b[?1047l",
    "a report that is typed": "\x1b[21t",
    "the clipboard": "\x1b]52;c;ZXZpbA==\x1b\\",
    "the clipboard asked": "\x1b]52;p;?\x07",
    "a link": "\x1b]8;;https://evil.test\x1b\\",
    "the title": "\x1b]0;evil\x07",
    "a device control string": "\x1bP+q544e\x1b\\",
    "an application command": "\x1b_Gi=1;AAAA\x1b\\",
    "a privacy message": "\x1b^x\x1b\\",
    "a string": "\x1bXx\x1b\\",
    "a reset": "\x1bc",
    "another set of letters": "\x1b(0",
    "a sequence that never ends": "\x1b]0;",
    "CSI in C1": "\x9b5;8m",
    "OSC in C1": "\x9d0;evil\x9c",
    "DCS in C1": "\x90q\x9c",
    "the rest of C1": "\x84\x85\x8d\x8e\x8f\x96\x98\x9a\x9e\x9f",
    "NUL": "\x00",
    "DEL": "\x7f",
    "the rest of C0": "\x05\x07\x08\x0b\x0c\x0e\x0f\x11\x13\x1a",
    "bidi overrides": "\u202aa\u202bb\u202cc\u202dd\u202ee",
    "bidi isolates": "\u2066a\u2067b\u2068c\u2069",
    "line separators": "\u2028x\u2029",
}
"""By what they are after. Nothing of it is ever written by the program itself."""

MARKUP = "[@click=app.quit]press[/] [/x] [red on blue] [[ ]] $x {y}"
"""Textual's own markup, whole and broken."""

ALL = "".join(ATTACKS.values()) + MARKUP
"""Everything in one text."""

LINE = ALL.replace("\u2028", "").replace("\u2029", "").replace("\x85", "")
"""The same without what ends a line."""

ARGUMENT = LINE.replace("\0", "")
"""The same as an argument of a program can be."""

NAMED = "&#x202E;&#8238;&#x2066;&#x2028;&#x85;&#x9b;5m&#27;[5m&#7;&#0;&#xd800;&NewLine;&Tab;&rlm;"
"""Characters by their names in HTML, of which Markdown makes what was never there to be cleaned."""

LINKS = {
    "an option": "--help",
    "a file": "/etc/passwd",
    "a file by URL": "file:///etc/passwd",
    "a program": "vscode://evil.test/install",
    "a script": "javascript:alert(1)",
    "data": "data:text/html;base64,QQ==",
}
"""Targets that may never be opened."""
