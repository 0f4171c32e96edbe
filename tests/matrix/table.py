"""The table of the permission matrix. Columns, as in ``world.ACTORS``:

N national lead, M hub manager, O hub officer, L service lead, C contributor, E executive, W network lead, B commissioner,
R reviewer, P patient reviewer, G regulator, - without a role, x signed out.

Codes: 2 page (200), r done or elsewhere (302), s to sign-in (302), f refused in scope (403), . not there (404), m method (405),
u what was sent is not valid (422), b (400), c somebody else changed it (409), g gone (410).

Places: own, region (another trust of the same region), foreign (another region); "-" for routes without an object.
"""

from dataclasses import dataclass

CODES = {200: "2", 302: "r", 403: "f", 404: ".", 405: "m", 422: "u", 400: "b", 409: "c", 410: "g"}


@dataclass(frozen=True)
class Line:
    """One row: what every column gets from a route, by a method, in a place."""

    route: str
    method: str
    place: str
    codes: str


def lines(table: str) -> list[Line]:
    """The rows of the table; a line without a route's name goes on with the route above."""
    found, route = [], ""
    for text in table.splitlines():
        words = text.split()
        if not words or words[0].startswith("#"):
            continue
        if len(words) == 4:
            route = words.pop(0)
        found.append(Line(route, *words))
    return found


TABLE = """
# site                                                 NMOLCEWBRPG-x
root                                       GET  -       rrrrrrrrrrrrs
                                           POST -       mmmmmmmmmmmmm
home                                       GET  -       222222222222s
                                           POST -       mmmmmmmmmmmms
service_list                               GET  -       222rr2r2ffffs
                                           POST -       mmmmmmmmmmmms
service_detail                             GET  own     22222222....s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST -       mmmmmmmmmmmms
service_self_reports                       GET  own     22222222....s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST -       mmmmmmmmmmmms
service_decisions                          GET  own     2222f2f2....s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST -       mmmmmmmmmmmms
service_reviews                            GET  own     2222f22f....s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST -       mmmmmmmmmmmms
service_reports                            GET  own     2222f222....s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST -       mmmmmmmmmmmms
service_about                              GET  own     22222222....s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST -       mmmmmmmmmmmms
provider_detail                            GET  own     222..2.2....s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST -       mmmmmmmmmmmms
healthz                                    GET  -       2222222222222
                                           POST -       mmmmmmmmmmmmm
readyz                                     GET  -       2222222222222
                                           POST -       mmmmmmmmmmmmm
page_help                                  GET  -       2222222222222
                                           POST -       mmmmmmmmmmmmm
page_accessibility                         GET  -       2222222222222
                                           POST -       mmmmmmmmmmmmm
page_privacy                               GET  -       2222222222222
                                           POST -       mmmmmmmmmmmmm
page_cookies                               GET  -       2222222222222
                                           POST -       mmmmmmmmmmmmm
page_terms                                 GET  -       2222222222222
                                           POST -       mmmmmmmmmmmmm
page_about                                 GET  -       2222222222222
                                           POST -       mmmmmmmmmmmmm
components                                 GET  -       2222222222222
                                           POST -       2222222222222
session_keep_alive                         GET  -       mmmmmmmmmmmms
                                           POST -       222222222222s
account_login                              GET  -       rrrrrrrrrrrr2
                                           POST -       rrrrrrrrrrrr2
account_signup                             GET  -       rrrrrrrrrrrr2
                                           POST -       rrrrrrrrrrrr2
account_logout                             GET  -       222222222222s
                                           POST -       rrrrrrrrrrrrs
account_inactive                           GET  -       2222222222222
                                           POST -       mmmmmmmmmmmmm
account_change_password                    GET  -       222222222222s
                                           POST -       222222222222s
account_reset_password                     GET  -       2222222222222
                                           POST -       2222222222222
account_reset_password_done                GET  -       2222222222222
                                           POST -       mmmmmmmmmmmmm
account_reset_password_from_key            GET  -       2222222222222
                                           POST -       2222222222222
account_reset_password_from_key_done       GET  -       2222222222222
                                           POST -       mmmmmmmmmmmmm
# accounts                                                 NMOLCEWBRPG-x
accounts:people_list                       GET  -       22f2f2ffffffs
                                           POST -       mmmmmmmmmmmms
accounts:own_details                       GET  -       222222222222s
                                           POST -       222222222222s
accounts:person_invite                     GET  -       22f2f2ffffffs
                                           POST -       22f2f2ffffffs
accounts:delegate_choose                   GET  -       fffff2ffffffs
                                           POST -       fffff2ffffffs
accounts:membership_detail                 GET  own     22f2f2fffff.s
                                           GET  region  2...........s
                                           GET  foreign 2...........s
                                           POST -       mmmmmmmmmmmms
accounts:membership_end                    GET  own     22f2f2fffff.s
                                           GET  region  2...........s
                                           GET  foreign 2...........s
                                           POST own     22f2f2fffff.s
                                           POST region  2...........s
                                           POST foreign 2...........s
accounts:membership_invite_again           GET  -       mmmmmmmmmmmms
                                           POST own     rrfrfrfffff.s
                                           POST region  r...........s
                                           POST foreign r...........s
# work                                                 NMOLCEWBRPG-x
work:job_list                              GET  -       222222222222s
                                           POST -       mmmmmmmmmmmms
work:job_file                              GET  own     222222222222s
                                           GET  region  ............s
                                           GET  foreign ............s
                                           POST -       mmmmmmmmmmmms
work:job_detail                            GET  own     222222222222s
                                           GET  region  ............s
                                           GET  foreign ............s
                                           POST -       mmmmmmmmmmmms
work:job_progress                          GET  own     222222222222s
                                           GET  region  ............s
                                           GET  foreign ............s
                                           POST -       mmmmmmmmmmmms
work:job_retry                             GET  -       mmmmmmmmmmmms
                                           POST own     rrrrrrrrrrrrs
                                           POST region  ............s
                                           POST foreign ............s
work:bank_holiday_list                     GET  -       2fffffffffffs
                                           POST -       2fffffffffffs
work:bank_holiday_remove                   GET  own     2fffffffffffs
                                           GET  region  2fffffffffffs
                                           GET  foreign 2fffffffffffs
                                           POST own     rfffffffffffs
                                           POST region  rfffffffffffs
                                           POST foreign rfffffffffffs
# surveillance                                                 NMOLCEWBRPG-x
surveillance:indicator_set_list            GET  -       22222222ffffs
                                           POST -       mmmmmmmmmmmms
surveillance:indicator_set_detail          GET  own     22222222ffffs
                                           GET  region  22222222ffffs
                                           GET  foreign 22222222ffffs
                                           POST -       mmmmmmmmmmmms
surveillance:round_list                    GET  -       222fffffffffs
                                           POST -       mmmmmmmmmmmms
surveillance:round_open                    GET  -       2fffffffffffs
                                           POST -       2fffffffffffs
surveillance:round_detail                  GET  own     222fffffffffs
                                           GET  region  222fffffffffs
                                           GET  foreign 222fffffffffs
                                           POST -       mmmmmmmmmmmms
surveillance:round_close                   GET  own     2fffffffffffs
                                           GET  region  2fffffffffffs
                                           GET  foreign 2fffffffffffs
                                           POST own     rfffffffffffs
                                           POST region  rfffffffffffs
                                           POST foreign rfffffffffffs
surveillance:round_services_csv            GET  own     222fffffffffs
                                           GET  region  222fffffffffs
                                           GET  foreign 222fffffffffs
                                           POST -       mmmmmmmmmmmms
surveillance:round_answers_csv             GET  own     222fffffffffs
                                           GET  region  222fffffffffs
                                           GET  foreign 222fffffffffs
                                           POST -       mmmmmmmmmmmms
surveillance:self_report_list              GET  -       22222222ffffs
                                           POST -       mmmmmmmmmmmms
surveillance:self_report_detail            GET  own     22222222....s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST -       mmmmmmmmmmmms
surveillance:self_report_section           GET  own     fff22f2f....s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST -       mmmmmmmmmmmms
surveillance:self_report_people            GET  own     fff2ff2f....s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     fffrffrf....s
                                           POST region  fff.........s
                                           POST foreign f...........s
surveillance:answer_list                   GET  own     22222222....s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST -       mmmmmmmmmmmms
surveillance:answer_detail                 GET  own     fff22f2f....s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     fff22f2f....s
                                           POST region  fff.........s
                                           POST foreign f...........s
surveillance:answer_confirm                GET  -       mmmmmmmmmmmms
                                           POST own     fff22f2f....s
                                           POST region  fff.........s
                                           POST foreign f...........s
surveillance:answer_reply                  GET  -       mmmmmmmmmmmms
                                           POST own     fff22f2f....s
                                           POST region  fff.........s
                                           POST foreign f...........s
surveillance:self_report_check             GET  own     fff2ff2f....s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     fff2ff2f....s
                                           POST region  fff.........s
                                           POST foreign f...........s
surveillance:self_report_take_back         GET  own     fff2ff2f....s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     fff2ff2f....s
                                           POST region  fff.........s
                                           POST foreign f...........s
surveillance:self_report_declare           GET  own     fffff2ff....s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     fffff2ff....s
                                           POST region  fff.........s
                                           POST foreign f...........s
surveillance:self_report_send_back         GET  own     fffff2ff....s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     fffff2ff....s
                                           POST region  fff.........s
                                           POST foreign f...........s
surveillance:self_report_receipt           GET  own     22222222....s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST -       mmmmmmmmmmmms
surveillance:self_report_summary           GET  own     2222f222....s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST -       mmmmmmmmmmmms
surveillance:self_report_validation        GET  own     222fffff....s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     rrrfffff....s
                                           POST region  rrr.........s
                                           POST foreign r...........s
surveillance:answer_validation             GET  own     222fffff....s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     222fffff....s
                                           POST region  222.........s
                                           POST foreign 2...........s
surveillance:self_report_extend            GET  own     2fffffff....s
                                           GET  region  2ff.........s
                                           GET  foreign 2...........s
                                           POST own     2fffffff....s
                                           POST region  2ff.........s
                                           POST foreign 2...........s
surveillance:self_report_reopen            GET  own     2fffffff....s
                                           GET  region  2ff.........s
                                           GET  foreign 2...........s
                                           POST own     2fffffff....s
                                           POST region  2ff.........s
                                           POST foreign 2...........s
surveillance:evidence_list                 GET  -       2222222f22ffs
                                           POST -       mmmmmmmmmmmms
surveillance:evidence_add                  GET  -       fff22f2f22ffs
                                           POST -       fff22f2f22ffs
surveillance:evidence_detail               GET  own     2222222.22..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST -       mmmmmmmmmmmms
surveillance:evidence_version_add          GET  own     fff22f2.22..s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     fff22f2.22..s
                                           POST region  fff.........s
                                           POST foreign f...........s
surveillance:evidence_file                 GET  own     2222222.22..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST -       mmmmmmmmmmmms
surveillance:decision_list                 GET  -       2222f2f2ffffs
                                           POST -       mmmmmmmmmmmms
surveillance:decision_detail               GET  own     2222.2.2....s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST -       mmmmmmmmmmmms
surveillance:decision_position             GET  own     rrff.r.r....s
                                           GET  region  rrf.........s
                                           GET  foreign r...........s
                                           POST own     22ff.2.2....s
                                           POST region  22f.........s
                                           POST foreign 2...........s
surveillance:decision_bring_into_force     GET  own     rrff.f.f....s
                                           GET  region  rrf.........s
                                           GET  foreign r...........s
                                           POST own     22ff.f.f....s
                                           POST region  22f.........s
                                           POST foreign 2...........s
surveillance:decision_end                  GET  own     22ff.f.f....s
                                           GET  region  22f.........s
                                           GET  foreign 2...........s
                                           POST own     22ff.f.f....s
                                           POST region  22f.........s
                                           POST foreign 2...........s
surveillance:decision_propose              GET  own     222fffff....s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     222fffff....s
                                           POST region  222.........s
                                           POST foreign 2...........s
surveillance:self_report_decision          GET  own     222fffff....s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     222fffff....s
                                           POST region  222.........s
                                           POST foreign 2...........s
surveillance:action_plan                   GET  own     22222222....s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST -       mmmmmmmmmmmms
surveillance:action_new                    GET  own     2222ffff....s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     2222ffff....s
                                           POST region  222.........s
                                           POST foreign 2...........s
surveillance:plan_agree                    GET  own     rrrffrff....s
                                           GET  region  rrr.........s
                                           GET  foreign r...........s
                                           POST own     222ff2ff....s
                                           POST region  222.........s
                                           POST foreign 2...........s
surveillance:action_list                   GET  -       22222222ffffs
                                           POST -       mmmmmmmmmmmms
surveillance:action_detail                 GET  own     22222222....s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST -       mmmmmmmmmmmms
surveillance:action_change                 GET  own     2222ffff....s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     2222ffff....s
                                           POST region  222.........s
                                           POST foreign 2...........s
surveillance:action_owner                  GET  own     fffff2ff....s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     fffff2ff....s
                                           POST region  fff.........s
                                           POST foreign f...........s
surveillance:action_due_date               GET  own     2222ffff....s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     2222ffff....s
                                           POST region  222.........s
                                           POST foreign 2...........s
surveillance:action_accept                 GET  own     ffffffff....s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     ffffffff....s
                                           POST region  fff.........s
                                           POST foreign f...........s
surveillance:action_decline                GET  own     ffffffff....s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     ffffffff....s
                                           POST region  fff.........s
                                           POST foreign f...........s
surveillance:action_start                  GET  own     ffffffff....s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     ffffffff....s
                                           POST region  fff.........s
                                           POST foreign f...........s
surveillance:action_done                   GET  own     ffffffff....s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     ffffffff....s
                                           POST region  fff.........s
                                           POST foreign f...........s
surveillance:action_block                  GET  own     ffffffff....s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     ffffffff....s
                                           POST region  fff.........s
                                           POST foreign f...........s
surveillance:action_block_answer           GET  own     fffffff2....s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     fffffff2....s
                                           POST region  fff.........s
                                           POST foreign f...........s
surveillance:action_verify                 GET  own     rrrfffff....s
                                           GET  region  rrr.........s
                                           GET  foreign r...........s
                                           POST own     222fffff....s
                                           POST region  222.........s
                                           POST foreign 2...........s
surveillance:action_return                 GET  own     222fffff....s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     222fffff....s
                                           POST region  222.........s
                                           POST foreign 2...........s
# peerreview                                                 NMOLCEWBRPG-x
peerreview:review_list                     GET  -       2222f22f22ffs
                                           POST -       mmmmmmmmmmmms
peerreview:review_request                  GET  -       fff2ff2fffffs
                                           POST -       fff2ff2fffffs
peerreview:review_new                      GET  own     222f.f.f....s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     222f.f.f....s
                                           POST region  222.........s
                                           POST foreign 2...........s
peerreview:review_detail                   GET  own     2222.22.22..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST -       mmmmmmmmmmmms
peerreview:review_dates                    GET  own     222f.ff.ff..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     222f.ff.ff..s
                                           POST region  222.........s
                                           POST foreign 2...........s
peerreview:review_notice                   GET  own     222f.ff.ff..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     222f.ff.ff..s
                                           POST region  222.........s
                                           POST foreign 2...........s
peerreview:review_prepare                  GET  own     222f.ff.ff..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     222f.ff.ff..s
                                           POST region  222.........s
                                           POST foreign 2...........s
peerreview:review_begin_visit              GET  own     222f.ff.ff..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     222f.ff.ff..s
                                           POST region  222.........s
                                           POST foreign 2...........s
peerreview:review_finish_visit             GET  own     222f.ff.ff..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     222f.ff.ff..s
                                           POST region  222.........s
                                           POST foreign 2...........s
peerreview:review_postpone                 GET  own     222f.ff.ff..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     222f.ff.ff..s
                                           POST region  222.........s
                                           POST foreign 2...........s
peerreview:review_cancel                   GET  own     222f.ff.ff..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     222f.ff.ff..s
                                           POST region  222.........s
                                           POST foreign 2...........s
peerreview:review_close                    GET  own     222f.ff.ff..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     222f.ff.ff..s
                                           POST region  222.........s
                                           POST foreign 2...........s
peerreview:review_topics                   GET  own     2222.22.22..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST -       mmmmmmmmmmmms
peerreview:topic_new                       GET  own     222f.ff.ff..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     222f.ff.ff..s
                                           POST region  222.........s
                                           POST foreign 2...........s
peerreview:topic_change                    GET  own     222f.ff.ff..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     222f.ff.ff..s
                                           POST region  222.........s
                                           POST foreign 2...........s
peerreview:topic_remove                    GET  own     222f.ff.ff..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     222f.ff.ff..s
                                           POST region  222.........s
                                           POST foreign 2...........s
peerreview:review_team                     GET  own     2222.22.22..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST -       mmmmmmmmmmmms
peerreview:member_invite                   GET  own     222f.ff.ff..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     222f.ff.ff..s
                                           POST region  222.........s
                                           POST foreign 2...........s
peerreview:review_conflicts                GET  own     fff2.ff.ff..s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     fffr.ff.ff..s
                                           POST region  fff.........s
                                           POST foreign f...........s
peerreview:review_pack                     GET  own     222f.ff.22..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST -       mmmmmmmmmmmms
peerreview:review_visit                    GET  own     ffff.ff.22..s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     ffff.ff.22..s
                                           POST region  fff.........s
                                           POST foreign f...........s
peerreview:review_evidence                 GET  own     222f.ff.22..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     ffff.ff.22..s
                                           POST region  fff.........s
                                           POST foreign f...........s
peerreview:evidence_tags                   GET  own     ffff.ff.22..s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     ffff.ff.rr..s
                                           POST region  fff.........s
                                           POST foreign f...........s
peerreview:review_impact                   GET  own     2222.2f.22..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST -       mmmmmmmmmmmms
peerreview:finding_list                    GET  own     2222.2f.22..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST -       mmmmmmmmmmmms
peerreview:finding_new                     GET  own     ffff.ff.22..s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     ffff.ff.22..s
                                           POST region  fff.........s
                                           POST foreign f...........s
peerreview:immediate_risk_report           GET  own     ffff.ff.22..s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     ffff.ff.22..s
                                           POST region  fff.........s
                                           POST foreign f...........s
peerreview:findings_actions                GET  own     2222.ff.ff..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     2222.ff.ff..s
                                           POST region  222.........s
                                           POST foreign 2...........s
peerreview:finding_detail                  GET  own     2222.2..22..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST -       mmmmmmmmmmmms
peerreview:finding_change                  GET  own     ffff.f..22..s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     ffff.f..22..s
                                           POST region  fff.........s
                                           POST foreign f...........s
peerreview:finding_agree                   GET  own     ffff.f..2f..s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     ffff.f..2f..s
                                           POST region  fff.........s
                                           POST foreign f...........s
peerreview:finding_withdraw                GET  own     ffff.f..2f..s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     ffff.f..2f..s
                                           POST region  fff.........s
                                           POST foreign f...........s
peerreview:finding_recheck                 GET  own     222f.f..ff..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     222f.f..ff..s
                                           POST region  222.........s
                                           POST foreign 2...........s
peerreview:finding_action                  GET  own     2222.f..ff..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     2222.f..ff..s
                                           POST region  222.........s
                                           POST foreign 2...........s
peerreview:letter_detail                   GET  own     222.....22..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST -       mmmmmmmmmmmms
peerreview:letter_change                   GET  own     22f.....ff..s
                                           GET  region  22f.........s
                                           GET  foreign 2...........s
                                           POST own     22f.....ff..s
                                           POST region  22f.........s
                                           POST foreign 2...........s
peerreview:letter_send                     GET  own     22f.....ff..s
                                           GET  region  22f.........s
                                           GET  foreign 2...........s
                                           POST own     rrf.....ff..s
                                           POST region  rrf.........s
                                           POST foreign r...........s
peerreview:letter_answer                   GET  own     22f.....ff..s
                                           GET  region  22f.........s
                                           GET  foreign 2...........s
                                           POST own     22f.....ff..s
                                           POST region  22f.........s
                                           POST foreign 2...........s
peerreview:letter_pdf                      GET  own     ............s
                                           GET  region  ............s
                                           GET  foreign ............s
                                           POST -       mmmmmmmmmmmms
peerreview:team_member_detail              GET  own     222.....22..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST -       mmmmmmmmmmmms
peerreview:team_member_answer              GET  own     fff.....22..s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     fff.....22..s
                                           POST region  fff.........s
                                           POST foreign f...........s
peerreview:team_member_conflicts           GET  own     fff.....22..s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     fff.....22..s
                                           POST region  fff.........s
                                           POST foreign f...........s
peerreview:team_member_ruling              GET  own     22f.....ff..s
                                           GET  region  22f.........s
                                           GET  foreign 2...........s
                                           POST own     22f.....ff..s
                                           POST region  22f.........s
                                           POST foreign 2...........s
peerreview:team_member_end                 GET  own     222.....ff..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     222.....ff..s
                                           POST region  222.........s
                                           POST foreign 2...........s
peerreview:team_member_stand_by            GET  own     222.....ff..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     222.....ff..s
                                           POST region  222.........s
                                           POST foreign 2...........s
peerreview:procedure_list                  GET  -       2222f22f22ffs
                                           POST -       mmmmmmmmmmmms
peerreview:procedure_detail                GET  own     2222.22.22..s
                                           GET  region  2222.22.22..s
                                           GET  foreign 2222.22.22..s
                                           POST -       mmmmmmmmmmmms
# reports                                                 NMOLCEWBRPG-x
reports:report_start                       GET  own     rrrf.ff.ff..s
                                           GET  region  rrr.........s
                                           GET  foreign r...........s
                                           POST own     rrrf.ff.ff..s
                                           POST region  rrr.........s
                                           POST foreign r...........s
reports:report_list                        GET  -       2222f22222ffs
                                           POST -       mmmmmmmmmmmms
reports:report_detail                      GET  own     2222.22222..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST -       mmmmmmmmmmmms
reports:report_read                        GET  own     2222.22222..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST -       mmmmmmmmmmmms
reports:report_section                     GET  own     222f.fff22..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     222f.fffff..s
                                           POST region  222.........s
                                           POST foreign 2...........s
reports:report_marks                       GET  own     222f.fffff..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     222f.fffff..s
                                           POST region  222.........s
                                           POST foreign 2...........s
reports:report_checkers                    GET  own     222f.fffff..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     222f.fffff..s
                                           POST region  222.........s
                                           POST foreign 2...........s
reports:report_quality_check               GET  own     ffff.fffff..s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     ffff.fffff..s
                                           POST region  fff.........s
                                           POST foreign f...........s
reports:report_accuracy                    GET  own     2222.2f22f..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST -       mmmmmmmmmmmms
reports:accuracy_send                      GET  -       mmmmmmmmmmmms
                                           POST own     fffr.rfrff..s
                                           POST region  fff.........s
                                           POST foreign f...........s
reports:accuracy_point                     GET  own     fff2.2ffff..s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     fff2.2ffff..s
                                           POST region  fff.........s
                                           POST foreign f...........s
reports:accuracy_decision                  GET  own     222f.fff2f..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     222f.fff2f..s
                                           POST region  222.........s
                                           POST foreign 2...........s
reports:report_sign_off                    GET  own     22ff.fffff..s
                                           GET  region  22f.........s
                                           GET  foreign 2...........s
                                           POST own     22ff.fffff..s
                                           POST region  22f.........s
                                           POST foreign 2...........s
reports:report_publish                     GET  own     2fff.fffff..s
                                           GET  region  2ff.........s
                                           GET  foreign 2...........s
                                           POST own     2fff.fffff..s
                                           POST region  2ff.........s
                                           POST foreign 2...........s
reports:report_published                   GET  own     2fff.fffff..s
                                           GET  region  2ff.........s
                                           GET  foreign 2...........s
                                           POST -       mmmmmmmmmmmms
reports:report_withdraw                    GET  own     2fff.fffff..s
                                           GET  region  2ff.........s
                                           GET  foreign 2...........s
                                           POST own     2fff.fffff..s
                                           POST region  2ff.........s
                                           POST foreign 2...........s
reports:report_versions                    GET  own     2222.22222..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     rrrf.fffff..s
                                           POST region  rrr.........s
                                           POST foreign r...........s
reports:report_version_pdf                 GET  own     2222.22222..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST -       mmmmmmmmmmmms
reports:library                            GET  -       2222222222222
                                           POST -       mmmmmmmmmmmmm
reports:library_report                     GET  own     2222222222222
                                           GET  region  2222222222222
                                           GET  foreign 2222222222222
                                           POST -       mmmmmmmmmmmmm
reports:library_pdf                        GET  own     2222222222222
                                           GET  region  2222222222222
                                           GET  foreign 2222222222222
                                           POST -       mmmmmmmmmmmmm
"""
