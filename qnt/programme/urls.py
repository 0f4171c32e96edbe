"""Addresses of the programme evaluation."""

from django.urls import path

from qnt.programme.views import annual, files, library, notes, pages

urlpatterns = [
    path("programme/", pages.programme_domains, name="programme_domains"),
    path("programme/fidelity/", pages.programme_fidelity, name="programme_fidelity"),
    path("programme/fidelity/reviews/", pages.programme_reviews, name="programme_reviews"),
    path("programme/fidelity/reviews/<int:pk>/", pages.programme_checklist, name="programme_checklist"),
    path("programme/lead-times/", pages.programme_lead_times, name="programme_lead_times"),
    path("programme/burden/", pages.programme_burden, name="programme_burden"),
    path("programme/logic-model/", pages.programme_logic_model, name="programme_logic_model"),
    path("programme/learning/", pages.programme_learning, name="programme_learning"),
    path("programme/spread/", pages.programme_spread, name="programme_spread"),
    path("programme/definitions/", files.programme_definitions, name="programme_definitions"),
    path("programme/definitions.csv", files.programme_definitions_csv, name="programme_definitions_csv"),
    path("programme/definitions.xlsx", files.programme_definitions_xlsx, name="programme_definitions_xlsx"),
    path("programme/rows/", files.programme_rows, name="programme_rows"),
    path("programme/rows.csv", files.programme_rows_csv, name="programme_rows_csv"),
    path("programme/rows.xlsx", files.programme_rows_xlsx, name="programme_rows_xlsx"),
    path("programme/figures.csv", files.programme_figures_csv, name="programme_figures_csv"),
    path("programme/figures.xlsx", files.programme_figures_xlsx, name="programme_figures_xlsx"),
    path("programme/notes/new/", notes.programme_note_new, name="programme_note_new"),
    path("programme/notes/<int:pk>/", notes.programme_note_change, name="programme_note_change"),
    path("programme/notes/<int:pk>/remove/", notes.programme_note_remove, name="programme_note_remove"),
    path("programme/count/", notes.programme_count, name="programme_count"),
    path("programme/years/<int:year>/publish/", notes.programme_year_publish, name="programme_year_publish"),
    path("programme/reports/", annual.programme_reports, name="programme_reports"),
    path("programme/reports/<int:year>/", annual.programme_report, name="programme_report"),
    path("programme/reports/<int:year>/sections/<slug:part>/", annual.programme_report_section, name="programme_report_section"),
    path("programme/reports/<int:year>/publish/", annual.programme_report_publish, name="programme_report_publish"),
    path("programme/reports/<int:year>/withdraw/", annual.programme_report_withdraw, name="programme_report_withdraw"),
    path("programme/reports/<int:year>/ready/", annual.programme_report_ready, name="programme_report_ready"),
    path("programme/reports/<int:year>/draft-pdf/", annual.programme_report_draft_pdf, name="programme_report_draft_pdf"),
    path("library/programme/<int:year>/", library.library_programme, name="library_programme"),
    path("library/programme/<int:year>/report.pdf", library.library_programme_pdf, name="library_programme_pdf"),
    path("library/programme/<int:year>/<int:edition>/", library.library_programme, name="library_programme_edition"),
    path("library/programme/<int:year>/<int:edition>/report.pdf", library.library_programme_pdf, name="library_programme_edition_pdf"),
]
