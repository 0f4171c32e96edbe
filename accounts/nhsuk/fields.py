"""A date in three boxes, and a search box."""

import calendar
import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

PARTS = ("day", "month", "year")
_MONTHS = {name.lower(): number for names in (calendar.month_name, calendar.month_abbr) for number, name in enumerate(names) if name}


def in_sentence(label: str) -> str:
    """A label inside a sentence: "Due date" as "due date"; "ILL-REN-001" and "F1" stay as they are."""
    return label if label[1:2].isupper() or label[1:2].isdigit() else label[:1].lower() + label[1:]


class DatePartsWidget(forms.MultiWidget):
    """Day, month and year, posted as ``x_day``, ``x_month`` and ``x_year``; ids end in ``_0``, ``_1`` and ``_2``."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({part: forms.TextInput for part in PARTS}, attrs)

    def decompress(self, value: datetime.date | None) -> list[int | None]:
        return [value.day, value.month, value.year] if value else [None, None, None]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return all(f"{name}_{part}" not in data for part in PARTS)


class _PartField(forms.CharField):
    """One box of a date; the whole date says what is wrong with it."""

    def __init__(self) -> None:
        super().__init__(required=False, max_length=20, error_messages={"max_length": ""})


class DateInputField(forms.MultiValueField):
    """A date asked for as day, month and year; gives a ``datetime.date``.

    ``subject`` names the date inside error messages ("the date of the visit"). Months may be typed as words. Each
    error carries ``params["parts"]``, the boxes to mark. Wording: NHS digital service manual, date input.
    """

    widget = DatePartsWidget

    def __init__(self, *, subject: str = "", **kwargs: Any) -> None:
        label = str(kwargs.get("label") or "")
        self.subject = subject or in_sentence(label) or "the date"
        kwargs["error_messages"] = {"required": f"Enter {self.subject}"} | (kwargs.get("error_messages") or {})
        super().__init__(fields=[_PartField() for _ in PARTS], require_all_fields=False, **kwargs)

    def clean(self, value: Any) -> datetime.date | None:
        if self.disabled and not isinstance(value, list):
            return value
        texts = [str(part or "").strip() for part in (value or [None, None, None])]
        if not any(texts):
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required", params={"parts": PARTS})
            return None
        missing = [part for part, text in zip(PARTS, texts, strict=True) if not text]
        if missing:
            message = f"{self.sentence_subject} must include a {' and '.join(missing)}"
            raise ValidationError(message, code="incomplete", params={"parts": missing})
        date = self.compress(texts)
        self.validate(date)
        self.run_validators(date)
        return date

    @property
    def sentence_subject(self) -> str:
        return self.subject[:1].upper() + self.subject[1:]

    def compress(self, data_list: list[str]) -> datetime.date | None:
        if not data_list or not any(data_list):
            return None
        day, month, year = data_list
        numbers = [_whole_number(day), _MONTHS.get(month.lower()) or _whole_number(month), _whole_number(year)]
        wrong = [part for part, number, top in zip(PARTS, numbers, (31, 12, 9999), strict=True) if number is None or not 1 <= number <= top]
        if not wrong and len(year) != 4:
            raise ValidationError("Year must include 4 numbers", code="invalid_year", params={"parts": ["year"]})
        if not wrong:
            try:
                return datetime.date(numbers[2] or 0, numbers[1] or 0, numbers[0] or 0)
            except ValueError:
                wrong = list(PARTS)
        message = f"{self.sentence_subject} must be a real date"
        raise ValidationError(message, code="invalid", params={"parts": wrong})

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return initial != self.clean(data)
        except ValidationError:
            return True


class SearchInput(forms.TextInput):
    """A search box with its own button; the field of a list's GET form."""

    input_type = "search"


class LongSelect(forms.Select):
    """A select of hundreds of choices without groups: the markup of Django's, without a template for each option."""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        chosen = set(self.format_value(value))
        options = format_html_join(
            "", '<option value="{}"{}>{}</option>',
            ((key, SafeString(" selected") if str(key) in chosen else "", label) for key, label in self.choices),
        )  # fmt: skip
        return format_html("<select{}>{}</select>", flatatt(self.build_attrs(self.attrs, {"name": name} | (attrs or {}))), options)


class RowsField(forms.ModelMultipleChoiceField):
    """Rows to tick. A number that no database can hold is a choice that is not there, never a failed request."""

    def _check_values(self, value: Any) -> Any:
        for pk in value if isinstance(value, (list, tuple)) else ():
            if str(pk).strip().lstrip("+-").isdigit() and len(str(pk).strip()) > 18:
                raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice", params={"value": pk})
        return super()._check_values(value)  # type: ignore[misc]  # Django's own: its types leave it out


def _whole_number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else None
