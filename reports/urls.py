"""Addresses of reports and of the public library."""

from django.urls import path

from reports.views import checking, drafting, library, publishing

app_name = "reports"
urlpatterns = [
    path("reviews/<int:pk>/report/", drafting.report_start, name="report_start"),
    path("reports/", drafting.report_list, name="report_list"),
    path("reports/<int:pk>/", drafting.report_detail, name="report_detail"),
    path("reports/<int:pk>/read/", drafting.report_read, name="report_read"),
    path("reports/<int:pk>/sections/<int:section_pk>/", drafting.report_section, name="report_section"),
    path("reports/<int:pk>/marks/", drafting.report_marks, name="report_marks"),
    path("reports/<int:pk>/checkers/", checking.report_checkers, name="report_checkers"),
    path("reports/<int:pk>/quality-check/", checking.report_quality_check, name="report_quality_check"),
    path("reports/<int:pk>/accuracy/", checking.report_accuracy, name="report_accuracy"),
    path("reports/<int:pk>/accuracy/send/", checking.accuracy_send, name="accuracy_send"),
    path("reports/<int:pk>/accuracy/<int:point_pk>/", checking.accuracy_point, name="accuracy_point"),
    path("reports/<int:pk>/accuracy/<int:point_pk>/decision/", checking.accuracy_decision, name="accuracy_decision"),
    path("reports/<int:pk>/sign-off/", publishing.report_sign_off, name="report_sign_off"),
    path("reports/<int:pk>/publish/", publishing.report_publish, name="report_publish"),
    path("reports/<int:pk>/published/", publishing.report_published, name="report_published"),
    path("reports/<int:pk>/withdraw/", publishing.report_withdraw, name="report_withdraw"),
    path("reports/<int:pk>/versions/", drafting.report_versions, name="report_versions"),
    path("reports/<int:pk>/versions/<int:number>/pdf/", drafting.report_version_pdf, name="report_version_pdf"),
    path("library/", library.library, name="library"),
    path("library/<slug:address>/", library.library_report, name="library_report"),
    path("library/<slug:address>/report.pdf", library.library_pdf, name="library_pdf"),
]
