"""Addresses of decisions and actions."""

from django.urls import URLPattern, path

from surveillance.views import action_acts, actions, decisions

urlpatterns: list[URLPattern] = [
    path("decisions/", decisions.decision_list, name="decision_list"),
    path("decisions/<int:pk>/", decisions.decision_detail, name="decision_detail"),
    path("decisions/<int:pk>/position/", decisions.decision_position, name="decision_position"),
    path("decisions/<int:pk>/in-force/", decisions.decision_bring_into_force, name="decision_bring_into_force"),
    path("decisions/<int:pk>/end/", decisions.decision_end, name="decision_end"),
    path("services/<int:service_pk>/decisions/new/", decisions.decision_propose, name="decision_propose"),
    path("self-reports/<int:pk>/decision/", decisions.self_report_decision, name="self_report_decision"),
    path("services/<int:service_pk>/actions/", actions.action_plan, name="action_plan"),
    path("services/<int:service_pk>/actions/new/", actions.action_new, name="action_new"),
    path("services/<int:service_pk>/actions/agree/", actions.plan_agree, name="plan_agree"),
    path("actions/", actions.action_list, name="action_list"),
    path("actions/<int:pk>/", actions.action_detail, name="action_detail"),
    path("actions/<int:pk>/change/", actions.action_change, name="action_change"),
    path("actions/<int:pk>/owner/", actions.action_owner, name="action_owner"),
    path("actions/<int:pk>/due-date/", action_acts.action_due_date, name="action_due_date"),
    path("actions/<int:pk>/accept/", action_acts.action_accept, name="action_accept"),
    path("actions/<int:pk>/decline/", action_acts.action_decline, name="action_decline"),
    path("actions/<int:pk>/start/", action_acts.action_start, name="action_start"),
    path("actions/<int:pk>/done/", action_acts.action_done, name="action_done"),
    path("actions/<int:pk>/block/", action_acts.action_block, name="action_block"),
    path("actions/<int:pk>/block-answer/", action_acts.action_block_answer, name="action_block_answer"),
    path("actions/<int:pk>/verify/", action_acts.action_verify, name="action_verify"),
    path("actions/<int:pk>/return/", action_acts.action_return, name="action_return"),
]
