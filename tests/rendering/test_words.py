"""Markdown, NHS numbers and comparisons."""

import re
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rendering.markdown import markdown_to_html, plain_text
from rendering.markup import SafeHtml, as_html
from rendering.texts import compare_words, find_nhs_numbers, is_nhs_number, sentences_of, whole_sentences

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html,x)",
    "[x](file:///etc/passwd)",
    "[x](//example.org)",
    "[x](http://example.org)",
    "![x](https://example.org/p.png)",
    '[x](https://example.org "t\\" onclick=\\"x")',
    "<a href='https://example.org' style='x'>y</a>",
    "<javascript:alert(1)>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "[x]: https://example.org 'a'\n\n[x]",
    "<style>@import url(https://example.org)</style>",
    "<!-- <b> -->",
    "> " * 400 + "deep",
    "    " * 400 + "- deep",
    "*" * 3000,
    "[" * 3000,
]


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_lets_nothing_dangerous_through(text):
    assert only_safe(markdown_to_html(text))


@given(st.text(alphabet="<>&\"'[]()!#*_`-|:/ \n\tahrefscipt=x1.\x00\ud800", max_size=120))
@example("<a\nhref=x>")
def test_markdown_of_any_text_is_safe(text):
    assert only_safe(markdown_to_html(text))


def only_safe(html):
    tags = re.findall(r"<[^>]*>", html)
    plain = r"</?(p|strong|em|ul|ol|li|blockquote|code|pre|h[3-6]|table|thead|tbody|tr|td)>|<(br|hr)>|</?th( scope=\"col\")?>|</a>"
    return all(re.fullmatch(plain, tag) or re.fullmatch(r'<a href="(https://|mailto:)[^"<>]*">', tag) for tag in tags)


def test_markdown_headings_start_at_the_level_and_skip_none():
    html = markdown_to_html("# One\n\n#### Deep\n\n## Two\n\n### Three", heading_level=4)

    assert re.findall(r"<(h\d)>(\w+)</\1>", html) == [("h4", "One"), ("h5", "Deep"), ("h5", "Two"), ("h6", "Three")]


def test_markdown_keeps_lists_tables_and_links():
    html = markdown_to_html("- a\n  - b\n\n| x | y |\n|---|---|\n| 1 | 2 |\n\n[charter](https://example.org/a?b=1&c=2)")

    assert html.count("<ul>") == 2
    assert '<th scope="col">x</th>' in html
    assert '<a href="https://example.org/a?b=1&amp;c=2">charter</a>' in html


def test_markdown_shows_html_as_text():
    assert markdown_to_html("5 < 6 & <b>bold</b>") == "<p>5 &lt; 6 &amp; &lt;b&gt;bold&lt;/b&gt;</p>"


def test_plain_text_is_words_alone():
    assert plain_text("# Title\n\n- **one** AT&T\n- `a < b`\n\n[link](https://example.org)") == "Title\none AT&T\na < b\nlink"


def test_only_what_says_it_is_safe_is_kept():
    assert (as_html("<b>"), as_html(SafeHtml("<b>")), as_html(SafeHtml("<b>") + "<i>")) == ("&lt;b&gt;", "<b>", "&lt;b&gt;&lt;i&gt;")


# Numbers from the published test ranges and from the check digit rule worked by hand; none belongs to a person.
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("9434765919", ["9434765919"]),
        ("943 476 5919", ["9434765919"]),
        ("943-476-5919,", ["9434765919"]),
        ("943\u00a0476\u00a05919", ["9434765919"]),
        ("NHS9434765919.", ["9434765919"]),
        ("９４３４７６５９１９", ["9434765919"]),
        ("9434765919 and 4010232137 and 943 476 5919", ["9434765919", "4010232137"]),
        ("9434765918", []),
        ("94347659190", []),
        ("19434765919", []),
        ("943 4765919", []),
        ("943-476-5919-1", []),
        ("0000000000", []),
        ("1111111111", []),
        ("0161 496 0000", []),
        ("07700 900123", []),
        ("", []),
    ],
)
def test_nhs_numbers_are_found(text, found):
    assert find_nhs_numbers(text) == found


@given(st.from_regex(r"[0-9]{9}", fullmatch=True))
def test_at_most_one_check_digit_is_right(nine):
    right = [digit for digit in "0123456789" if is_nhs_number(nine + digit)]

    assert len(right) <= 1


def test_compare_words_names_what_was_added_and_removed():
    assert compare_words("Seen by the lead on the day", "Seen by a nurse on the day") == [
        ("same", "Seen by"),
        ("removed", " the lead"),
        ("added", " a nurse"),
        ("same", " on the day"),
    ]


@given(st.text(alphabet="ab \n\t", max_size=60), st.text(alphabet="ab \n\t", max_size=60))
def test_compared_pieces_give_both_texts_back(old, new):
    pieces = compare_words(old, new)

    assert "".join(text for kind, text in pieces if kind != "added") == old
    assert "".join(text for kind, text in pieces if kind != "removed") == new


SENTENCES = "He said “yes.” Then he left. Dr. Smith came. A. Patel too (e.g. Monday.) Next 3.5 of no. 4. Why? Because!"


def test_sentences_end_where_people_end_them():
    assert sentences_of(SENTENCES) == [
        "He said “yes.”", "Then he left.", "Dr. Smith came.", "A. Patel too (e.g. Monday.)", "Next 3.5 of no. 4.", "Why?", "Because!",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("most", "taken", "is_cut"),
    [(0, "", True), (10, "", True), (15, "He said “yes.”", True), (28, "He said “yes.” Then he left.", True), (200, SENTENCES, False)],
)
def test_text_is_cut_at_the_end_of_a_sentence(most, taken, is_cut):
    assert whole_sentences(SENTENCES, most) == (taken, is_cut)


@given(st.text(max_size=300), st.integers(0, 100))
def test_cut_text_is_made_of_whole_sentences_and_fits(text, most):
    taken, is_cut = whole_sentences(text, most)

    sentences = sentences_of(text)
    assert len(taken) <= most
    assert taken in [" ".join(sentences[:count]) for count in range(len(sentences) + 1)]
    assert is_cut == (taken != " ".join(sentences))


@pytest.mark.parametrize("text", ["a." * 100_000, '."' * 100_000, ". " * 100_000, "a " * 100_000 + ". B"])
def test_cutting_a_hostile_text_takes_no_time(text):
    started = time.perf_counter()

    whole_sentences(text, 100)

    assert time.perf_counter() - started < 5
