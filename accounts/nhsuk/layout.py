"""Crispy layout objects for the NHS.UK pack."""

from typing import Any

from crispy_forms.layout import LayoutObject
from crispy_forms.utils import TEMPLATE_PACK, render_field
from django.forms import BaseForm
from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from accounts.nhsuk.rendering import FieldOptions


class Question(LayoutObject):
    """One field with its look: ``Question("hours", width=4, suffix="hours", label_size="s")``; see ``FieldOptions``."""

    def __init__(self, name: str, **options: Any) -> None:
        self.fields = [name]
        self.name = name
        self.options = options

    def render(self, form: BaseForm, context: Context, template_pack: str = TEMPLATE_PACK, **kwargs: Any) -> SafeString:
        options = FieldOptions(**(getattr(form, "field_options", {}).get(self.name, {}) | self.options))
        return render_field(self.name, form, context, template_pack=template_pack, extra_context={"field_options": options})


class Conditional(Question):
    """Radios or checkboxes of which some choices open further questions.

    ``Conditional("value", {"NA": ["reason_na"], "CANNOT": [Question("reason", rows=3)]}, label_size="s")``. A form
    checks what was opened in its ``clean``; without JavaScript every question is shown.
    """

    def __init__(self, name: str, reveals: dict[str, list[Any]], **options: Any) -> None:
        super().__init__(name, **options)
        self.reveals = {str(value): [_as_question(inner) for inner in inners] for value, inners in reveals.items()}
        self.fields = [name, *(inner for inners in self.reveals.values() for inner in inners)]

    def render(self, form: BaseForm, context: Context, template_pack: str = TEMPLATE_PACK, **kwargs: Any) -> SafeString:
        opened = {
            value: SafeString("".join(render_field(inner, form, context, template_pack=template_pack) for inner in inners))
            for value, inners in self.reveals.items()
        }
        options = getattr(form, "field_options", {}).get(self.name, {}) | self.options | {"reveals": opened}
        return render_field(
            self.name,
            form,
            context,
            template_pack=template_pack,
            extra_context={"field_options": FieldOptions(**options)},
        )


def _as_question(inner: Any) -> Any:
    return Question(inner) if isinstance(inner, str) else inner


class Group(LayoutObject):
    """Questions under one legend: ``Group("Who must act?", "provider", "commissioner", size="m")``."""

    def __init__(self, legend: str, *fields: Any, size: str = "m", hint: str = "", heading_level: int = 0) -> None:
        self.legend, self.size, self.hint, self.heading_level = legend, size, hint, heading_level
        self.fields = [_as_question(inner) for inner in fields]

    def render(self, form: BaseForm, context: Context, template_pack: str = TEMPLATE_PACK, **kwargs: Any) -> SafeString:
        content = self.get_rendered_fields(form, context, template_pack)
        return render_to_string("nhsuk/layout/group.html", {"group": self, "content": content})


class Section(LayoutObject):
    """Questions under a heading: ``Section("What you saw", "seen", "basis")``."""

    def __init__(self, heading: str, *fields: Any, level: int = 2, text: str = "") -> None:
        self.heading, self.level, self.text = heading, level, text
        self.fields = [_as_question(inner) for inner in fields]

    def render(self, form: BaseForm, context: Context, template_pack: str = TEMPLATE_PACK, **kwargs: Any) -> SafeString:
        content = self.get_rendered_fields(form, context, template_pack)
        return render_to_string("nhsuk/layout/section.html", {"section": self, "content": content})


class Submit:
    """A button that sends the form; ``name`` and ``value`` tell several apart. ``kind``: "", secondary, warning, reverse.

    ``repeats``: two presses within a second are two acts, for a form that stays on the page.
    """

    def __init__(
        self,
        text: str,
        *,
        kind: str = "",
        name: str = "",
        value: str = "",
        small: bool = False,
        hidden_text: str = "",
        repeats: bool = False,
    ) -> None:
        self.text, self.kind, self.name, self.value = text, kind, name, value
        self.small, self.hidden_text, self.repeats = small, hidden_text, repeats

    def render(self, form: BaseForm, context: Context, template_pack: str = TEMPLATE_PACK, **kwargs: Any) -> SafeString:
        return render_to_string("nhsuk/layout/submit.html", {"button": self})


class LinkTo:
    """A link beside the buttons, such as "Cancel"."""

    def __init__(self, text: str, url: str) -> None:
        self.text, self.url = text, url

    def render(self, form: BaseForm, context: Context, template_pack: str = TEMPLATE_PACK, **kwargs: Any) -> SafeString:
        return render_to_string("nhsuk/layout/link_to.html", {"link": self})


class Buttons(LayoutObject):
    """A row of ``Submit`` and ``LinkTo``."""

    def __init__(self, *fields: Any) -> None:
        self.fields = list(fields)

    def render(self, form: BaseForm, context: Context, template_pack: str = TEMPLATE_PACK, **kwargs: Any) -> SafeString:
        content = self.get_rendered_fields(form, context, template_pack)
        return render_to_string("nhsuk/layout/buttons.html", {"content": content})
