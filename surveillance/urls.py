"""Addresses of surveillance."""

from django.urls import path

from surveillance.urls_decisions import urlpatterns as decision_urls
from surveillance.views import answers, checking, evidence, exports, indicators, rounds, self_reports

app_name = "surveillance"
urlpatterns = [
    path("indicators/", indicators.indicator_set_list, name="indicator_set_list"),
    path("indicators/<int:pk>/", indicators.indicator_set_detail, name="indicator_set_detail"),
    path("rounds/", rounds.round_list, name="round_list"),
    path("rounds/open/", rounds.round_open, name="round_open"),
    path("rounds/<int:year>/", rounds.round_detail, name="round_detail"),
    path("rounds/<int:year>/close/", rounds.round_close, name="round_close"),
    path("rounds/<int:year>/services.csv", exports.round_services_csv, name="round_services_csv"),
    path("rounds/<int:year>/answers.csv", exports.round_answers_csv, name="round_answers_csv"),
    path("self-reports/", self_reports.self_report_list, name="self_report_list"),
    path("self-reports/<int:pk>/", self_reports.self_report_detail, name="self_report_detail"),
    path("self-reports/<int:pk>/sections/<int:n>/", answers.self_report_section, name="self_report_section"),
    path("self-reports/<int:pk>/people/", self_reports.self_report_people, name="self_report_people"),
    path("self-reports/<int:pk>/answers/", answers.answer_list, name="answer_list"),
    path("self-reports/<int:pk>/answers/<int:answer_pk>/", answers.answer_detail, name="answer_detail"),
    path("self-reports/<int:pk>/answers/<int:answer_pk>/confirm/", answers.answer_confirm, name="answer_confirm"),
    path("self-reports/<int:pk>/answers/<int:answer_pk>/reply/", answers.answer_reply, name="answer_reply"),
    path("self-reports/<int:pk>/check/", self_reports.self_report_check, name="self_report_check"),
    path("self-reports/<int:pk>/take-back/", self_reports.self_report_take_back, name="self_report_take_back"),
    path("self-reports/<int:pk>/declare/", self_reports.self_report_declare, name="self_report_declare"),
    path("self-reports/<int:pk>/send-back/", self_reports.self_report_send_back, name="self_report_send_back"),
    path("self-reports/<int:pk>/receipt/", self_reports.self_report_receipt, name="self_report_receipt"),
    path("self-reports/<int:pk>/summary/", checking.self_report_summary, name="self_report_summary"),
    path("self-reports/<int:pk>/validation/", checking.self_report_validation, name="self_report_validation"),
    path("self-reports/<int:pk>/validation/<int:answer_pk>/", checking.answer_validation, name="answer_validation"),
    path("self-reports/<int:pk>/extend/", rounds.self_report_extend, name="self_report_extend"),
    path("self-reports/<int:pk>/reopen/", rounds.self_report_reopen, name="self_report_reopen"),
    path("evidence/", evidence.evidence_list, name="evidence_list"),
    path("evidence/add/", evidence.evidence_add, name="evidence_add"),
    path("evidence/<int:pk>/", evidence.evidence_detail, name="evidence_detail"),
    path("evidence/<int:pk>/versions/add/", evidence.evidence_version_add, name="evidence_version_add"),
    path("evidence/<int:pk>/file/", evidence.evidence_file, name="evidence_file"),
    *decision_urls,
]
