"""Addresses of indicator sets: reading, writing and importing them."""

from django.urls import URLPattern, path

from surveillance.views import indicator_drafts as drafts
from surveillance.views import indicator_imports as imports
from surveillance.views import indicators

ITEM = "indicators/<int:pk>/items/<int:indicator_pk>/"

urlpatterns: list[URLPattern] = [
    path("indicators/", indicators.indicator_set_list, name="indicator_set_list"),
    path("indicators/new/", drafts.indicator_set_new, name="indicator_set_new"),
    path("indicators/import/", imports.indicator_set_import, name="indicator_set_import"),
    path("indicators/import/template.csv", indicators.indicator_template_csv, name="indicator_template_csv"),
    path("indicators/import/template.xlsx", indicators.indicator_template_xlsx, name="indicator_template_xlsx"),
    path("indicators/review-due/", indicators.indicator_review_due, name="indicator_review_due"),
    path("indicators/<int:pk>/", indicators.indicator_set_detail, name="indicator_set_detail"),
    path("indicators/<int:pk>/indicators.csv", indicators.indicator_set_csv, name="indicator_set_csv"),
    path("indicators/<int:pk>/indicators.xlsx", indicators.indicator_set_xlsx, name="indicator_set_xlsx"),
    path("indicators/<int:pk>/change/", drafts.indicator_set_change, name="indicator_set_change"),
    path("indicators/<int:pk>/new-version/", drafts.indicator_set_new_version, name="indicator_set_new_version"),
    path("indicators/<int:pk>/import/", imports.indicator_import, name="indicator_import"),
    path("indicators/<int:pk>/move/", drafts.indicator_move, name="indicator_move"),
    path("indicators/<int:pk>/items/new/", drafts.indicator_new, name="indicator_new"),
    path(ITEM, drafts.indicator_change, name="indicator_change"),
    path(f"{ITEM}remove/", drafts.indicator_remove, name="indicator_remove"),
]
