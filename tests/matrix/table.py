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
# programme                                             NMOLCEWBRPG-x
programme_domains                          GET  -       22ffffffffffs
                                           POST -       mmmmmmmmmmmms
programme_fidelity                         GET  -       22ffffffffffs
                                           POST -       mmmmmmmmmmmms
programme_reviews                          GET  -       22ffffffffffs
                                           POST -       mmmmmmmmmmmms
programme_lead_times                       GET  -       22ffffffffffs
                                           POST -       mmmmmmmmmmmms
programme_burden                           GET  -       22ffffffffffs
                                           POST -       mmmmmmmmmmmms
programme_logic_model                      GET  -       22ffffffffffs
                                           POST -       mmmmmmmmmmmms
programme_learning                         GET  -       22ffffffffffs
                                           POST -       mmmmmmmmmmmms
programme_spread                           GET  -       22ffffffffffs
                                           POST -       mmmmmmmmmmmms
programme_definitions                      GET  -       22ffffffffffs
                                           POST -       mmmmmmmmmmmms
programme_definitions_csv                  GET  -       22ffffffffffs
                                           POST -       mmmmmmmmmmmms
programme_definitions_xlsx                 GET  -       22ffffffffffs
                                           POST -       mmmmmmmmmmmms
programme_rows_csv                         GET  -       22ffffffffffs
                                           POST -       mmmmmmmmmmmms
programme_rows_xlsx                        GET  -       22ffffffffffs
                                           POST -       mmmmmmmmmmmms
programme_rows                             GET  -       ..ffffffffffs
                                           POST -       mmmmmmmmmmmms
programme_figures_csv                      GET  -       ..ffffffffffs
                                           POST -       mmmmmmmmmmmms
programme_figures_xlsx                     GET  -       ..ffffffffffs
                                           POST -       mmmmmmmmmmmms
programme_checklist                        GET  own     22ff.ff.ff..s
                                           GET  region  22f.........s
                                           GET  foreign 2...........s
                                           POST -       mmmmmmmmmmmms
programme_note_new                         GET  -       22ffffffffffs
                                           POST -       22ffffffffffs
programme_note_change                      GET  own     22..........s
                                           GET  region  22..........s
                                           GET  foreign 2...........s
                                           POST own     22..........s
                                           POST region  22..........s
                                           POST foreign 2...........s
programme_note_remove                      GET  own     22..........s
                                           GET  region  22..........s
                                           GET  foreign 2...........s
                                           POST own     rr..........s
                                           POST region  rr..........s
                                           POST foreign r...........s
programme_count                            GET  -       mmmmmmmmmmmms
                                           POST -       rrffffffffffs
programme_year_publish                     GET  own     2fffffffffffs
                                           GET  region  2fffffffffffs
                                           GET  foreign 2fffffffffffs
                                           POST own     2fffffffffffs
                                           POST region  2fffffffffffs
                                           POST foreign 2fffffffffffs
programme_reports                          GET  -       22ffffffffffs
                                           POST -       mmmmmmmmmmmms
programme_report                           GET  own     2fffffffffffs
                                           GET  region  2fffffffffffs
                                           GET  foreign 2fffffffffffs
                                           POST own     rfffffffffffs
                                           POST region  rfffffffffffs
                                           POST foreign rfffffffffffs
programme_report_section                   GET  own     2fffffffffffs
                                           GET  region  2fffffffffffs
                                           GET  foreign 2fffffffffffs
                                           POST own     2fffffffffffs
                                           POST region  2fffffffffffs
                                           POST foreign 2fffffffffffs
programme_report_publish                   GET  own     2fffffffffffs
                                           GET  region  2fffffffffffs
                                           GET  foreign 2fffffffffffs
                                           POST own     2fffffffffffs
                                           POST region  2fffffffffffs
                                           POST foreign 2fffffffffffs
programme_report_withdraw                  GET  own     2fffffffffffs
                                           GET  region  2fffffffffffs
                                           GET  foreign 2fffffffffffs
                                           POST own     2fffffffffffs
                                           POST region  2fffffffffffs
                                           POST foreign 2fffffffffffs
programme_report_ready                     GET  -       mmmmmmmmmmmms
                                           POST own     rfffffffffffs
                                           POST region  rfffffffffffs
                                           POST foreign rfffffffffffs
programme_report_draft_pdf                 GET  -       mmmmmmmmmmmms
                                           POST own     rfffffffffffs
                                           POST region  rfffffffffffs
                                           POST foreign rfffffffffffs
library_programme                          GET  own     2222222222222
                                           GET  region  2222222222222
                                           GET  foreign 2222222222222
                                           POST -       mmmmmmmmmmmmm
library_programme_pdf                      GET  own     2222222222222
                                           GET  region  2222222222222
                                           GET  foreign 2222222222222
                                           POST -       mmmmmmmmmmmmm
library_programme_edition                  GET  own     2222222222222
                                           GET  region  2222222222222
                                           GET  foreign 2222222222222
                                           POST -       mmmmmmmmmmmmm
library_programme_edition_pdf              GET  own     2222222222222
                                           GET  region  2222222222222
                                           GET  foreign 2222222222222
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
work:reminder_send                         GET  -       mmmmmmmmmmmms
                                           POST -       rrrrrrrrrrrrs
work:calendar                              GET  -       222222222222s
                                           POST -       222222222222s
work:calendar_off                          GET  -       mmmmmmmmmmmms
                                           POST -       rrrrrrrrrrrrs
work:calendar_feed                         GET  -       .............
                                           POST -       mmmmmmmmmmmmm
work:bank_holiday_list                     GET  -       2fffffffffffs
                                           POST -       2fffffffffffs
work:bank_holiday_remove                   GET  own     2fffffffffffs
                                           GET  region  2fffffffffffs
                                           GET  foreign 2fffffffffffs
                                           POST own     rfffffffffffs
                                           POST region  rfffffffffffs
                                           POST foreign rfffffffffffs
# surveillance                                                 NMOLCEWBRPG-x
surveillance:indicator_set_list            GET  -       2222222222ffs
                                           POST -       mmmmmmmmmmmms
surveillance:indicator_set_new             GET  -       2fffffffffffs
                                           POST -       2fffffffffffs
surveillance:indicator_set_import          GET  -       2fffffffffffs
                                           POST -       2fffffffffffs
surveillance:indicator_template_csv        GET  -       2fffffffffffs
                                           POST -       mmmmmmmmmmmms
surveillance:indicator_template_xlsx       GET  -       2fffffffffffs
                                           POST -       mmmmmmmmmmmms
surveillance:indicator_review_due          GET  -       2fffffffffffs
                                           POST -       mmmmmmmmmmmms
surveillance:indicator_set_detail          GET  own     2222222222..s
                                           GET  region  2222222222..s
                                           GET  foreign 2222222222..s
                                           POST -       mmmmmmmmmmmms
surveillance:indicator_set_csv             GET  own     2222222222..s
                                           GET  region  2222222222..s
                                           GET  foreign 2222222222..s
                                           POST -       mmmmmmmmmmmms
surveillance:indicator_set_xlsx            GET  own     2222222222..s
                                           GET  region  2222222222..s
                                           GET  foreign 2222222222..s
                                           POST -       mmmmmmmmmmmms
surveillance:indicator_set_change          GET  own     2...........s
                                           GET  region  2...........s
                                           GET  foreign 2...........s
                                           POST own     2...........s
                                           POST region  2...........s
                                           POST foreign 2...........s
surveillance:indicator_set_new_version     GET  -       mmmmmmmmmmmms
                                           POST own     rfffffffff..s
                                           POST region  rfffffffff..s
                                           POST foreign rfffffffff..s
surveillance:indicator_import              GET  own     2...........s
                                           GET  region  2...........s
                                           GET  foreign 2...........s
                                           POST own     2...........s
                                           POST region  2...........s
                                           POST foreign 2...........s
surveillance:indicator_move                GET  -       mmmmmmmmmmmms
                                           POST own     r...........s
                                           POST region  r...........s
                                           POST foreign r...........s
surveillance:indicator_new                 GET  own     2...........s
                                           GET  region  2...........s
                                           GET  foreign 2...........s
                                           POST own     2...........s
                                           POST region  2...........s
                                           POST foreign 2...........s
surveillance:indicator_change              GET  own     2...........s
                                           GET  region  2...........s
                                           GET  foreign 2...........s
                                           POST own     2...........s
                                           POST region  2...........s
                                           POST foreign 2...........s
surveillance:indicator_remove              GET  own     2...........s
                                           GET  region  2...........s
                                           GET  foreign 2...........s
                                           POST own     r...........s
                                           POST region  r...........s
                                           POST foreign r...........s
surveillance:indicator_challenge_list      GET  -       2fffffffffffs
                                           POST -       mmmmmmmmmmmms
surveillance:indicator_challenge_mine      GET  -       fff22f2fffffs
                                           POST -       mmmmmmmmmmmms
surveillance:indicator_challenge_detail    GET  own     2..ff.f.....s
                                           GET  region  2...........s
                                           GET  foreign 2...........s
                                           POST own     2..ff.f.....s
                                           POST region  2...........s
                                           POST foreign 2...........s
surveillance:indicator_set_consultation    GET  own     2fffffffff..s
                                           GET  region  2fffffffff..s
                                           GET  foreign 2fffffffff..s
                                           POST own     2fffffffff..s
                                           POST region  2fffffffff..s
                                           POST foreign 2fffffffff..s
surveillance:indicator_comment_list        GET  own     2222222222..s
                                           GET  region  2222222222..s
                                           GET  foreign 2222222222..s
                                           POST -       mmmmmmmmmmmms
surveillance:indicator_set_comment_add     GET  own     22222f2f22..s
                                           GET  region  22222f2f22..s
                                           GET  foreign 22222f2f22..s
                                           POST own     22222f2f22..s
                                           POST region  22222f2f22..s
                                           POST foreign 22222f2f22..s
surveillance:indicator_comment_add         GET  own     22222f2f22..s
                                           GET  region  22222f2f22..s
                                           GET  foreign 22222f2f22..s
                                           POST own     22222f2f22..s
                                           POST region  22222f2f22..s
                                           POST foreign 22222f2f22..s
surveillance:indicator_comment_reply       GET  own     2fffffffff..s
                                           GET  region  2fffffffff..s
                                           GET  foreign 2fffffffff..s
                                           POST own     2fffffffff..s
                                           POST region  2fffffffff..s
                                           POST foreign 2fffffffff..s
surveillance:indicator_set_bridge          GET  own     2fffffffff..s
                                           GET  region  2fffffffff..s
                                           GET  foreign 2fffffffff..s
                                           POST -       mmmmmmmmmmmms
surveillance:indicator_set_publish         GET  own     2fffffffff..s
                                           GET  region  2fffffffff..s
                                           GET  foreign 2fffffffff..s
                                           POST own     2fffffffff..s
                                           POST region  2fffffffff..s
                                           POST foreign 2fffffffff..s
surveillance:indicator_set_retire          GET  own     2fffffffff..s
                                           GET  region  2fffffffff..s
                                           GET  foreign 2fffffffff..s
                                           POST own     2fffffffff..s
                                           POST region  2fffffffff..s
                                           POST foreign 2fffffffff..s
surveillance:indicator_suspension_lift     GET  own     2fffffffff..s
                                           GET  region  2fffffffff..s
                                           GET  foreign 2fffffffff..s
                                           POST own     2fffffffff..s
                                           POST region  2fffffffff..s
                                           POST foreign 2fffffffff..s
surveillance:answer_challenge              GET  own     fff22f2f....s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     fff22f2f....s
                                           POST region  fff.........s
                                           POST foreign f...........s
surveillance:round_list                    GET  -       222fffffffffs
                                           POST -       mmmmmmmmmmmms
surveillance:round_open                    GET  -       2fffffffffffs
                                           POST -       2fffffffffffs
surveillance:round_detail                  GET  own     222fffffffffs
                                           GET  region  222fffffffffs
                                           GET  foreign 222fffffffffs
                                           POST -       mmmmmmmmmmmms
surveillance:round_count                   GET  -       mmmmmmmmmmmms
                                           POST own     rrrfffffffffs
                                           POST region  rrrfffffffffs
                                           POST foreign rrrfffffffffs
surveillance:round_self_reports            GET  own     222fffffffffs
                                           GET  region  222fffffffffs
                                           GET  foreign 222fffffffffs
                                           POST -       mmmmmmmmmmmms
surveillance:round_indicator               GET  own     222fffffffffs
                                           GET  region  222fffffffffs
                                           GET  foreign 222fffffffffs
                                           POST -       mmmmmmmmmmmms
surveillance:round_close                   GET  own     2fffffffffffs
                                           GET  region  2fffffffffffs
                                           GET  foreign 2fffffffffffs
                                           POST own     rfffffffffffs
                                           POST region  rfffffffffffs
                                           POST foreign rfffffffffffs
surveillance:round_scope                   GET  own     222fffffffffs
                                           GET  region  222fffffffffs
                                           GET  foreign 222fffffffffs
                                           POST -       mmmmmmmmmmmms
surveillance:round_service_take_out        GET  own     2fffffffffffs
                                           GET  region  2fffffffffffs
                                           GET  foreign 2fffffffffffs
                                           POST own     2fffffffffffs
                                           POST region  2fffffffffffs
                                           POST foreign 2fffffffffffs
surveillance:round_service_add             GET  own     2fffffffffffs
                                           GET  region  2fffffffffffs
                                           GET  foreign 2fffffffffffs
                                           POST own     2fffffffffffs
                                           POST region  2fffffffffffs
                                           POST foreign 2fffffffffffs
surveillance:self_report_to_check          GET  own     222fffffffffs
                                           GET  region  222fffffffffs
                                           GET  foreign 222fffffffffs
                                           POST -       mmmmmmmmmmmms
surveillance:self_report_accept_together   GET  own     222fffffffffs
                                           GET  region  222fffffffffs
                                           GET  foreign 222fffffffffs
                                           POST own     222fffffffffs
                                           POST region  222fffffffffs
                                           POST foreign 222fffffffffs
surveillance:round_services_csv            GET  own     222fffffffffs
                                           GET  region  222fffffffffs
                                           GET  foreign 222fffffffffs
                                           POST -       mmmmmmmmmmmms
surveillance:round_workbook                GET  own     222fffffffffs
                                           GET  region  222fffffffffs
                                           GET  foreign 222fffffffffs
                                           POST own     rrrfffffffffs
                                           POST region  rrrfffffffffs
                                           POST foreign rrrfffffffffs
surveillance:round_answers_csv             GET  own     222fffffffffs
                                           GET  region  222fffffffffs
                                           GET  foreign 222fffffffffs
                                           POST -       mmmmmmmmmmmms
surveillance:round_outliers                GET  own     222fffffffffs
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
                                           POST own     fffcffcf....s
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
surveillance:answer_checks                 GET  own     fff22f2f....s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST -       mmmmmmmmmmmms
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
surveillance:self_report_receipt_paper     GET  own     22222222....s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     rrrrrrrr....s
                                           POST region  rrr.........s
                                           POST foreign r...........s
surveillance:self_report_paper             GET  own     22222222....s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     rrrrrrrr....s
                                           POST region  rrr.........s
                                           POST foreign r...........s
surveillance:self_report_spreadsheet       GET  own     fff22f2f....s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     fff22f2f....s
                                           POST region  fff.........s
                                           POST foreign f...........s
surveillance:self_report_spreadsheet_file  GET  own     fff22f2f....s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST -       mmmmmmmmmmmms
surveillance:self_report_spreadsheet_check GET  own     fff22f2f....s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     fff22f2f....s
                                           POST region  fff.........s
                                           POST foreign f...........s
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
surveillance:self_report_agree             GET  own     222fffff....s
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
surveillance:evidence_answers              GET  own     fff22f2.ff..s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     fff22f2.ff..s
                                           POST region  fff.........s
                                           POST foreign f...........s
surveillance:evidence_edit                 GET  own     fff22f2.ff..s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     fff22f2.ff..s
                                           POST region  fff.........s
                                           POST foreign f...........s
surveillance:evidence_remove               GET  own     fff22f2.ff..s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     fff22f2.ff..s
                                           POST region  fff.........s
                                           POST foreign f...........s
surveillance:evidence_file                 GET  own     2222222.22..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST -       mmmmmmmmmmmms
surveillance:rules_detail                  GET  -       2222f2f2ffffs
                                           POST -       mmmmmmmmmmmms
surveillance:rules_version                 GET  -       2222f2f2ffffs
                                           POST -       mmmmmmmmmmmms
surveillance:rules_edit                    GET  -       rfffffffffffs
                                           POST -       rfffffffffffs
surveillance:rules_preview                 GET  -       rfffffffffffs
                                           POST -       rfffffffffffs
surveillance:rules_discard                 GET  -       mmmmmmmmmmmms
                                           POST -       rfffffffffffs
surveillance:round_sample                  GET  own     222fffffffffs
                                           GET  region  222fffffffffs
                                           GET  foreign 222fffffffffs
                                           POST own     rfffffffffffs
                                           POST region  rfffffffffffs
                                           POST foreign rfffffffffffs
surveillance:decision_list                 GET  -       2222f2f2ffffs
                                           POST -       mmmmmmmmmmmms
surveillance:failing_list                  GET  -       222fffffffffs
                                           POST -       mmmmmmmmmmmms
surveillance:failing_csv                   GET  -       222fffffffffs
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
surveillance:decision_comment              GET  own     fff2.f.f....s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     fff2.f.f....s
                                           POST region  fff.........s
                                           POST foreign f...........s
surveillance:visit_capacity                GET  -       222fffffffffs
                                           POST -       mmmmmmmmmmmms
surveillance:option_1                      GET  -       222fffffffffs
                                           POST -       mmmmmmmmmmmms
surveillance:option_1_check                GET  -       rrrfffffffffs
                                           POST -       222fffffffffs
surveillance:meeting_list                  GET  -       222fffffffffs
                                           POST -       mmmmmmmmmmmms
surveillance:meeting_new                   GET  -       222fffffffffs
                                           POST -       222fffffffffs
surveillance:meeting_detail                GET  own     222.........s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST -       mmmmmmmmmmmms
surveillance:meeting_agenda                GET  own     222.........s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     rrr.........s
                                           POST region  rrr.........s
                                           POST foreign r...........s
surveillance:meeting_attendees             GET  own     rrr.........s
                                           GET  region  rrr.........s
                                           GET  foreign r...........s
                                           POST own     222.........s
                                           POST region  222.........s
                                           POST foreign 2...........s
surveillance:meeting_attendee_remove       GET  -       mmmmmmmmmmmms
                                           POST own     rrr.........s
                                           POST region  rrr.........s
                                           POST foreign r...........s
surveillance:meeting_close                 GET  own     222.........s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     rrr.........s
                                           POST region  rrr.........s
                                           POST foreign r...........s
surveillance:meeting_item                  GET  own     222.........s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     ccf.........s
                                           POST region  ccf.........s
                                           POST foreign c...........s
surveillance:decision_keep                 GET  own     22ff.f.f....s
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
surveillance:service_context               GET  own     fff2ff2f....s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     fffrffrf....s
                                           POST region  fff.........s
                                           POST foreign f...........s
surveillance:action_plan                   GET  own     22222222....s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST -       mmmmmmmmmmmms
surveillance:action_plan_paper             GET  own     22222222....s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     rrrrrrrr....s
                                           POST region  rrr.........s
                                           POST foreign r...........s
surveillance:action_plan_sheet             GET  own     22222222....s
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
surveillance:action_counts                 GET  -       22222222ffffs
                                           POST -       mmmmmmmmmmmms
surveillance:action_list_csv               GET  -       22222222ffffs
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
surveillance:action_step_add               GET  own     fffrffff....s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     fff2ffff....s
                                           POST region  fff.........s
                                           POST foreign f...........s
surveillance:action_step_tick              GET  own     fffrffff....s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     fffrffff....s
                                           POST region  fff.........s
                                           POST foreign f...........s
surveillance:action_step_untick            GET  own     fffrffff....s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     fff2ffff....s
                                           POST region  fff.........s
                                           POST foreign f...........s
surveillance:action_step_remove            GET  own     fffrffff....s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     fffrffff....s
                                           POST region  fff.........s
                                           POST foreign f...........s
surveillance:action_comment                GET  own     rrrrrrrr....s
                                           GET  region  rrr.........s
                                           GET  foreign r...........s
                                           POST own     22222222....s
                                           POST region  222.........s
                                           POST foreign 2...........s
# learning                                                   NMOLCEWBRPG-x
reports:learning_card_list                 GET  -       22222f2f22ffs
                                           POST -       mmmmmmmmmmmms
reports:learning_card_new                  GET  own     222f.ff.ff..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     222f.ff.ff..s
                                           POST region  222.........s
                                           POST foreign 2...........s
reports:learning_card_detail               GET  own     2222..2.22..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     ffff..f.ff..s
                                           POST region  fff.........s
                                           POST foreign f...........s
reports:learning_card_change               GET  own     222f..f.ff..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     222f..f.ff..s
                                           POST region  222.........s
                                           POST foreign 2...........s
reports:learning_card_ask                  GET  own     222f..f.ff..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     222f..f.ff..s
                                           POST region  222.........s
                                           POST foreign 2...........s
reports:learning_card_answer               GET  own     fff2..2.ff..s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     fff2..2.ff..s
                                           POST region  fff.........s
                                           POST foreign f...........s
reports:learning_card_withdraw             GET  own     2222..2.ff..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     2222..2.ff..s
                                           POST region  222.........s
                                           POST foreign 2...........s
reports:finding_cards                      GET  own     222f.ff.22..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     222f.ff.22..s
                                           POST region  222.........s
                                           POST foreign 2...........s
reports:theme_list                         GET  -       22222f2222ffs
                                           POST -       mmmmmmmmmmmms
reports:theme_new                          GET  -       22ffffffffffs
                                           POST -       22ffffffffffs
reports:theme_detail                       GET  own     22..........s
                                           GET  region  22..........s
                                           GET  foreign 2...........s
                                           POST -       mmmmmmmmmmmms
reports:theme_change                       GET  own     22..........s
                                           GET  region  22..........s
                                           GET  foreign 2...........s
                                           POST own     22..........s
                                           POST region  22..........s
                                           POST foreign 2...........s
reports:theme_findings                     GET  own     22..........s
                                           GET  region  22..........s
                                           GET  foreign 2...........s
                                           POST own     22..........s
                                           POST region  22..........s
                                           POST foreign 2...........s
reports:theme_offer                        GET  own     22..........s
                                           GET  region  22..........s
                                           GET  foreign 2...........s
                                           POST own     22..........s
                                           POST region  22..........s
                                           POST foreign 2...........s
reports:theme_withdraw                     GET  own     22..........s
                                           GET  region  22..........s
                                           GET  foreign 2...........s
                                           POST own     22..........s
                                           POST region  22..........s
                                           POST foreign 2...........s
reports:theme_answer                       GET  own     ff..........s
                                           GET  region  ff..........s
                                           GET  foreign f...........s
                                           POST own     ff..........s
                                           POST region  ff..........s
                                           POST foreign f...........s
reports:theme_done                         GET  own     ff..........s
                                           GET  region  ff..........s
                                           GET  foreign f...........s
                                           POST own     ff..........s
                                           POST region  ff..........s
                                           POST foreign f...........s
# peerreview                                                 NMOLCEWBRPG-x
peerreview:review_list                     GET  -       2222f22f22ffs
                                           POST -       mmmmmmmmmmmms
peerreview:review_calendar                 GET  -       2222f22f22ffs
                                           POST -       mmmmmmmmmmmms
peerreview:review_request                  GET  -       fff2ff2fffffs
                                           POST -       fff2ff2fffffs
peerreview:review_start                    GET  -       222fffffffffs
                                           POST -       mmmmmmmmmmmms
peerreview:review_open                     GET  own     222fffff....s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     222fffff....s
                                           POST region  222.........s
                                           POST foreign 2...........s
peerreview:review_rapid                    GET  own     222fffff....s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     222fffff....s
                                           POST region  222.........s
                                           POST foreign 2...........s
peerreview:review_services                 GET  own     2222.22.22..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     222f.ff.ff..s
                                           POST region  222.........s
                                           POST foreign 2...........s
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
peerreview:review_phone                    GET  own     222f.ff.ff..s
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
peerreview:review_notice_change            GET  own     222f.ff.ff..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     222f.ff.ff..s
                                           POST region  222.........s
                                           POST foreign 2...........s
peerreview:review_notice_pdf               GET  own     ......f.ff..s
                                           GET  region  ............s
                                           GET  foreign ............s
                                           POST -       mmmmmmmmmmmms
peerreview:review_mode                     GET  own     222f.ff.ff..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     222f.ff.ff..s
                                           POST region  222.........s
                                           POST foreign 2...........s
peerreview:review_poll                     GET  own     222f.ff.ff..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     222f.ff.ff..s
                                           POST region  222.........s
                                           POST foreign 2...........s
peerreview:review_poll_new                 GET  own     222f.ff.ff..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     222f.ff.ff..s
                                           POST region  222.........s
                                           POST foreign 2...........s
peerreview:review_poll_answer              GET  own     fff2.22.ff..s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     fff2.22.ff..s
                                           POST region  fff.........s
                                           POST foreign f...........s
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
peerreview:topics_send                     GET  own     222f.ff.ff..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     222f.ff.ff..s
                                           POST region  222.........s
                                           POST foreign 2...........s
peerreview:topics_answer                   GET  own     fff2.f2.ff..s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     fff2.f2.ff..s
                                           POST region  fff.........s
                                           POST foreign f...........s
peerreview:review_guide                    GET  own     2222.22.22..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST -       mmmmmmmmmmmms
peerreview:review_buddy                    GET  own     222f.ff.ff..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     rrrf.ff.ff..s
                                           POST region  rrr.........s
                                           POST foreign r...........s
peerreview:evidence_request                GET  own     2222.22.22..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST -       mmmmmmmmmmmms
peerreview:evidence_request_send           GET  own     222f.ff.ff..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     222f.ff.ff..s
                                           POST region  222.........s
                                           POST foreign 2...........s
peerreview:ask_new                         GET  own     222f.ff.ff..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     222f.ff.ff..s
                                           POST region  222.........s
                                           POST foreign 2...........s
peerreview:ask_answer                      GET  own     fff2.f2.ff..s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     fff2.f2.ff..s
                                           POST region  fff.........s
                                           POST foreign f...........s
peerreview:ask_change                      GET  own     222f.ff.ff..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     222f.ff.ff..s
                                           POST region  222.........s
                                           POST foreign 2...........s
peerreview:ask_remove                      GET  own     222f.ff.ff..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     222f.ff.ff..s
                                           POST region  222.........s
                                           POST foreign 2...........s
peerreview:ask_choose                      GET  -       mmmmmmmmmmmms
                                           POST own     rrrr.fr.ff..s
                                           POST region  rrr.........s
                                           POST foreign r...........s
peerreview:review_timetable                GET  own     2222.22.22..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     222f.ff.ff..s
                                           POST region  222.........s
                                           POST foreign 2...........s
peerreview:timetable_start                 GET  -       mmmmmmmmmmmms
                                           POST own     rrrf.ff.ff..s
                                           POST region  rrr.........s
                                           POST foreign r...........s
peerreview:timetable_send                  GET  own     222f.ff.ff..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     222f.ff.ff..s
                                           POST region  222.........s
                                           POST foreign 2...........s
peerreview:timetable_given                 GET  own     222f.ff.ff..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     rrrf.ff.ff..s
                                           POST region  rrr.........s
                                           POST foreign r...........s
peerreview:timetable_calendar              GET  own     2222.22.22..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST -       mmmmmmmmmmmms
peerreview:session_new                     GET  own     222f.ff.ff..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     222f.ff.ff..s
                                           POST region  222.........s
                                           POST foreign 2...........s
peerreview:session_change                  GET  own     222f.ff.ff..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     222f.ff.ff..s
                                           POST region  222.........s
                                           POST foreign 2...........s
peerreview:session_remove                  GET  own     222f.ff.ff..s
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
peerreview:team_suggestions                GET  own     222f.ff.ff..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     222f.ff.ff..s
                                           POST region  222.........s
                                           POST foreign 2...........s
peerreview:review_conflicts                GET  own     fff2.f2.ff..s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     fffr.fr.ff..s
                                           POST region  fff.........s
                                           POST foreign f...........s
peerreview:review_pack                     GET  own     222f.ff.22..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST -       mmmmmmmmmmmms
peerreview:review_context_read             GET  -       mmmmmmmmmmmms
                                           POST own     ffff.ff.rr..s
                                           POST region  fff.........s
                                           POST foreign f...........s
peerreview:review_visit                    GET  own     ffff.ff.22..s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     ffff.ff.22..s
                                           POST region  fff.........s
                                           POST foreign f...........s
peerreview:judgement_list                  GET  own     ffff.ff.22..s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST -       mmmmmmmmmmmms
peerreview:judgement_give                  GET  -       mmmmmmmmmmmms
                                           POST own     ffff.ff.rr..s
                                           POST region  fff.........s
                                           POST foreign f...........s
peerreview:judgement_add                   GET  own     ffff.ff.2f..s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     ffff.ff.2f..s
                                           POST region  fff.........s
                                           POST foreign f...........s
peerreview:judgement_detail                GET  own     ffff.ff.22..s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST -       mmmmmmmmmmmms
peerreview:judgement_open                  GET  own     ffff.ff.2f..s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     ffff.ff.2f..s
                                           POST region  fff.........s
                                           POST foreign f...........s
peerreview:judgement_agree                 GET  own     ffff.ff.2f..s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     ffff.ff.2f..s
                                           POST region  fff.........s
                                           POST foreign f...........s
peerreview:service_worker                  GET  -       2222222222222
                                           POST -       mmmmmmmmmmmmm
peerreview:visit_token                     GET  own     ffff.ff.22..s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST -       mmmmmmmmmmmms
peerreview:visit_notes                     GET  own     ffff.ff.22..s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST -       mmmmmmmmmmmms
peerreview:visit_manifest                  GET  own     ffff.ff.22..s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST -       mmmmmmmmmmmms
peerreview:visit_upload                    GET  own     ffff.ff.22..s
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
peerreview:review_impact                   GET  own     2222.22.22..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST -       mmmmmmmmmmmms
peerreview:impact_new                      GET  own     fff2.22.ff..s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     fff2.22.ff..s
                                           POST region  fff.........s
                                           POST foreign f...........s
peerreview:review_progress                 GET  own     2222.22.22..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     222f.ff.ff..s
                                           POST region  222.........s
                                           POST foreign 2...........s
peerreview:review_views                    GET  own     2222.22.22..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST -       mmmmmmmmmmmms
peerreview:view_record                     GET  own     222f.ff.22..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     222f.ff.22..s
                                           POST region  222.........s
                                           POST foreign 2...........s
peerreview:view_read                       GET  own     222f.ff.ff..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     rrrf.ff.ff..s
                                           POST region  rrr.........s
                                           POST foreign r...........s
peerreview:view_hold_back                  GET  own     222f.ff.ff..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     222f.ff.ff..s
                                           POST region  222.........s
                                           POST foreign 2...........s
peerreview:review_feedback                 GET  own     222f.ff.22..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST -       mmmmmmmmmmmms
peerreview:feedback_given                  GET  own     222f.ff.2f..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     222f.ff.2f..s
                                           POST region  222.........s
                                           POST foreign 2...........s
peerreview:views_link_new                  GET  own     222f.ff.ff..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     222f.ff.ff..s
                                           POST region  222.........s
                                           POST foreign 2...........s
peerreview:views_link_change               GET  own     222f.ff.ff..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     222f.ff.ff..s
                                           POST region  222.........s
                                           POST foreign 2...........s
peerreview:views_link_close                GET  own     222f.ff.ff..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     rrrf.ff.ff..s
                                           POST region  rrr.........s
                                           POST foreign r...........s
peerreview:views_link_poster               GET  own     2222.22.22..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST -       mmmmmmmmmmmms
peerreview:views_link_code                 GET  own     2222.22.22..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST -       mmmmmmmmmmmms
peerreview:views_form                      GET  own     2222222222222
                                           GET  region  2222222222222
                                           GET  foreign 2222222222222
                                           POST own     2222222222222
                                           POST region  2222222222222
                                           POST foreign 2222222222222
peerreview:views_thanks                    GET  own     2222222222222
                                           GET  region  2222222222222
                                           GET  foreign 2222222222222
                                           POST -       mmmmmmmmmmmmm
peerreview:finding_list                    GET  own     2222.22.22..s
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
peerreview:survey_results                  GET  -       222fffffffffs
                                           POST -       mmmmmmmmmmmms
peerreview:review_leave                    GET  own     ffff.ff.ff..s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     ffff.ff.ff..s
                                           POST region  fff.........s
                                           POST foreign f...........s
peerreview:review_release                  GET  own     ffff.ff.ff..s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     ffff.ff.ff..s
                                           POST region  fff.........s
                                           POST foreign f...........s
peerreview:review_learning                 GET  own     2222.22.22..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST -       mmmmmmmmmmmms
peerreview:learnt_new                      GET  own     fff2.22.22..s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     fff2.22.22..s
                                           POST region  fff.........s
                                           POST foreign f...........s
peerreview:learnt_change                   GET  own     ffff.ff.22..s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     ffff.ff.22..s
                                           POST region  fff.........s
                                           POST foreign f...........s
peerreview:learnt_remove                   GET  own     ffff.ff.22..s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     ffff.ff.rr..s
                                           POST region  fff.........s
                                           POST foreign f...........s
peerreview:pledge_new                      GET  own     fff2.22.22..s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     fff2.22.22..s
                                           POST region  fff.........s
                                           POST foreign f...........s
peerreview:exchange_new                    GET  own     fff2.f2.ff..s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     fff2.f2.ff..s
                                           POST region  fff.........s
                                           POST foreign f...........s
peerreview:pledge_detail                   GET  own     ........2...s
                                           GET  region  ............s
                                           GET  foreign ............s
                                           POST own     ........2...s
                                           POST region  ............s
                                           POST foreign ............s
peerreview:exchange_detail                 GET  own     ...2.22.2...s
                                           GET  region  ............s
                                           GET  foreign ............s
                                           POST own     ...r.rr.2...s
                                           POST region  ............s
                                           POST foreign ............s
peerreview:survey_answer                   GET  own     .............
                                           GET  region  .............
                                           GET  foreign .............
                                           POST own     .............
                                           POST region  .............
                                           POST foreign .............
peerreview:finding_detail                  GET  own     2222.22.22..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST -       mmmmmmmmmmmms
peerreview:finding_change                  GET  own     ffff.ff.22..s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     ffff.ff.22..s
                                           POST region  fff.........s
                                           POST foreign f...........s
peerreview:finding_agree                   GET  own     ffff.ff.2f..s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     ffff.ff.2f..s
                                           POST region  fff.........s
                                           POST foreign f...........s
peerreview:finding_say                     GET  own     ffff.ff.22..s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     ffff.ff.22..s
                                           POST region  fff.........s
                                           POST foreign f...........s
peerreview:finding_acted                   GET  own     fff2.22.ff..s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     fff2.22.ff..s
                                           POST region  fff.........s
                                           POST foreign f...........s
peerreview:finding_withdraw                GET  own     ffff.ff.2f..s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     ffff.ff.2f..s
                                           POST region  fff.........s
                                           POST foreign f...........s
peerreview:immediate_risk_confirm          GET  own     ffff.ff.2f..s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     ffff.ff.2f..s
                                           POST region  fff.........s
                                           POST foreign f...........s
peerreview:immediate_risk_category         GET  own     ffff.ff.2f..s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     ffff.ff.2f..s
                                           POST region  fff.........s
                                           POST foreign f...........s
peerreview:finding_recheck                 GET  own     222f.ff.ff..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     222f.ff.ff..s
                                           POST region  222.........s
                                           POST foreign 2...........s
peerreview:finding_action                  GET  own     2222.ff.ff..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     2222.ff.ff..s
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
peerreview:team_member_dates               GET  own     fff.....22..s
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
peerreview:team_member_order               GET  -       mmmmmmmmmmmms
                                           POST own     rrr.....ff..s
                                           POST region  rrr.........s
                                           POST foreign r...........s
peerreview:reviewer_me                     GET  -       ffffffff22ffs
                                           POST -       ffffffffrrffs
peerreview:reviewer_work                   GET  -       ffffffff22ffs
                                           POST -       ffffffff22ffs
peerreview:reviewer_ties                   GET  -       ffffffff22ffs
                                           POST -       ffffffff22ffs
peerreview:reviewer_away                   GET  -       ffffffff22ffs
                                           POST -       ffffffff22ffs
peerreview:reviewer_detail                 GET  own     222.........s
                                           GET  region  222.........s
                                           GET  foreign 222.........s
                                           POST -       mmmmmmmmmmmms
peerreview:reviewer_list                   GET  -       222fffffffffs
                                           POST -       mmmmmmmmmmmms
peerreview:training_me                     GET  -       222222222222s
                                           POST -       mmmmmmmmmmmms
peerreview:training_register               GET  -       222fffffffffs
                                           POST -       mmmmmmmmmmmms
peerreview:training_register_csv           GET  -       222fffffffffs
                                           POST -       mmmmmmmmmmmms
peerreview:training_register_xlsx          GET  -       222fffffffffs
                                           POST -       mmmmmmmmmmmms
peerreview:training_person                 GET  own     222.........s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST -       mmmmmmmmmmmms
peerreview:training_record                 GET  own     22f.........s
                                           GET  region  22f.........s
                                           GET  foreign 2...........s
                                           POST own     22f.........s
                                           POST region  22f.........s
                                           POST foreign 2...........s
peerreview:course_list                     GET  -       222fffffffffs
                                           POST -       mmmmmmmmmmmms
peerreview:course_new                      GET  -       2fffffffffffs
                                           POST -       2fffffffffffs
peerreview:course_change                   GET  own     2ff.........s
                                           GET  region  2ff.........s
                                           GET  foreign 2ff.........s
                                           POST own     2ff.........s
                                           POST region  2ff.........s
                                           POST foreign 2ff.........s
peerreview:course_retire                   GET  own     2ff.........s
                                           GET  region  2ff.........s
                                           GET  foreign 2ff.........s
                                           POST own     rff.........s
                                           POST region  rff.........s
                                           POST foreign rff.........s
peerreview:procedure_list                  GET  -       2222f22f22ffs
                                           POST -       mmmmmmmmmmmms
peerreview:procedure_detail                GET  own     2222.22.22..s
                                           GET  region  2222.22.22..s
                                           GET  foreign 2222.22.22..s
                                           POST -       mmmmmmmmmmmms
peerreview:procedure_new_version           GET  -       mmmmmmmmmmmms
                                           POST own     rfff.ff.ff..s
                                           POST region  rfff.ff.ff..s
                                           POST foreign rfff.ff.ff..s
peerreview:procedure_general               GET  own     2...........s
                                           GET  region  2...........s
                                           GET  foreign 2...........s
                                           POST own     2...........s
                                           POST region  2...........s
                                           POST foreign 2...........s
peerreview:procedure_part                  GET  own     2...........s
                                           GET  region  2...........s
                                           GET  foreign 2...........s
                                           POST own     2...........s
                                           POST region  2...........s
                                           POST foreign 2...........s
peerreview:procedure_row_new               GET  own     2...........s
                                           GET  region  2...........s
                                           GET  foreign 2...........s
                                           POST own     2...........s
                                           POST region  2...........s
                                           POST foreign 2...........s
peerreview:procedure_row_change            GET  own     2...........s
                                           GET  region  2...........s
                                           GET  foreign 2...........s
                                           POST own     2...........s
                                           POST region  2...........s
                                           POST foreign 2...........s
peerreview:procedure_row_remove            GET  own     2...........s
                                           GET  region  2...........s
                                           GET  foreign 2...........s
                                           POST own     r...........s
                                           POST region  r...........s
                                           POST foreign r...........s
peerreview:procedure_consultation          GET  own     2fff.ff.ff..s
                                           GET  region  2fff.ff.ff..s
                                           GET  foreign 2fff.ff.ff..s
                                           POST own     2fff.ff.ff..s
                                           POST region  2fff.ff.ff..s
                                           POST foreign 2fff.ff.ff..s
peerreview:procedure_comment_list          GET  own     2222.22.22..s
                                           GET  region  2222.22.22..s
                                           GET  foreign 2222.22.22..s
                                           POST -       mmmmmmmmmmmms
peerreview:procedure_comment_add           GET  own     2222.f2.22..s
                                           GET  region  2222.f2.22..s
                                           GET  foreign 2222.f2.22..s
                                           POST own     2222.f2.22..s
                                           POST region  2222.f2.22..s
                                           POST foreign 2222.f2.22..s
peerreview:procedure_part_comment_add      GET  own     2222.f2.22..s
                                           GET  region  2222.f2.22..s
                                           GET  foreign 2222.f2.22..s
                                           POST own     2222.f2.22..s
                                           POST region  2222.f2.22..s
                                           POST foreign 2222.f2.22..s
peerreview:procedure_comment_reply         GET  own     2fff.ff.ff..s
                                           GET  region  2fff.ff.ff..s
                                           GET  foreign 2fff.ff.ff..s
                                           POST own     2fff.ff.ff..s
                                           POST region  2fff.ff.ff..s
                                           POST foreign 2fff.ff.ff..s
peerreview:procedure_publish               GET  own     2fff.ff.ff..s
                                           GET  region  2fff.ff.ff..s
                                           GET  foreign 2fff.ff.ff..s
                                           POST own     2fff.ff.ff..s
                                           POST region  2fff.ff.ff..s
                                           POST foreign 2fff.ff.ff..s
# reports                                                 NMOLCEWBRPG-x
reports:report_start                       GET  own     rrrf.ff.ff..s
                                           GET  region  rrr.........s
                                           GET  foreign r...........s
                                           POST own     rrrf.ff.ff..s
                                           POST region  rrr.........s
                                           POST foreign r...........s
reports:report_list                        GET  -       2222f22222ffs
                                           POST -       mmmmmmmmmmmms
reports:region_pack_detail                 GET  -       222fffffffffs
                                           POST -       2rrfffffffffs
reports:region_pack_csv                    GET  -       .22fffffffffs
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
reports:report_section_data                GET  own     rrrf.fffff..s
                                           GET  region  rrr.........s
                                           GET  foreign r...........s
                                           POST own     rrrf.fffff..s
                                           POST region  rrr.........s
                                           POST foreign r...........s
reports:report_section_history             GET  own     222f.fff22..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST -       mmmmmmmmmmmms
reports:report_section_comment             GET  -       mmmmmmmmmmmms
                                           POST own     ffff.fffrf..s
                                           POST region  fff.........s
                                           POST foreign f...........s
reports:report_team                        GET  own     222f.fff22..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST -       mmmmmmmmmmmms
reports:report_team_ask                    GET  -       mmmmmmmmmmmms
                                           POST own     rrrf.fffff..s
                                           POST region  rrr.........s
                                           POST foreign r...........s
reports:report_team_answer                 GET  -       mmmmmmmmmmmms
                                           POST own     ffff.fffrf..s
                                           POST region  fff.........s
                                           POST foreign f...........s
reports:report_comment                     GET  own     222f.fffff..s
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
reports:accuracy_record                    GET  own     2222.2f22f..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST -       mmmmmmmmmmmms
reports:accuracy_word                      GET  own     2222.2f22f..s
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
reports:accuracy_document                  GET  own     2222.2f.2f..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST -       mmmmmmmmmmmms
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
reports:report_consent                     GET  own     ffff.fffff..s
                                           GET  region  fff.........s
                                           GET  foreign f...........s
                                           POST own     ffff.fffff..s
                                           POST region  fff.........s
                                           POST foreign f...........s
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
reports:report_issue                       GET  own     222f.fffff..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     rrrf.fffff..s
                                           POST region  rrr.........s
                                           POST foreign r...........s
reports:report_revision                    GET  own     222f.fffff..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     222f.fffff..s
                                           POST region  222.........s
                                           POST foreign 2...........s
reports:revision_stop                      GET  own     222f.fffff..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     222f.fffff..s
                                           POST region  222.........s
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
reports:library_changes                    GET  own     2222222222222
                                           GET  region  2222222222222
                                           GET  foreign 2222222222222
                                           POST -       mmmmmmmmmmmmm
reports:library_version                    GET  own     rrrrrrrrrrrrr
                                           GET  region  rrrrrrrrrrrrr
                                           GET  foreign rrrrrrrrrrrrr
                                           POST -       mmmmmmmmmmmmm
reports:library_pdf                        GET  own     2222222222222
                                           GET  region  2222222222222
                                           GET  foreign 2222222222222
                                           POST -       mmmmmmmmmmmmm
reports:report_documents                   GET  own     2222.22222..s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     rrrr.rrrrr..s
                                           POST region  rrr.........s
                                           POST foreign r...........s
reports:library_summary                    GET  own     2222222222222
                                           GET  region  2222222222222
                                           GET  foreign 2222222222222
                                           POST -       mmmmmmmmmmmmm
reports:annual_report                      GET  own     2222f2f2....s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST own     ....f.f.....s
                                           POST region  ............s
                                           POST foreign ............s
reports:programme_overview                 GET  -       222fffffffffs
                                           POST -       222fffffffffs
reports:pack_list                          GET  -       222fffffff2fs
                                           POST -       mmmmmmmmmmmms
reports:pack_issue                         GET  -       22ffffffffffs
                                           POST -       22ffffffffffs
reports:light_rule                         GET  -       2fffffffffffs
                                           POST -       2fffffffffffs
reports:pack_detail                        GET  own     222.......2.s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST -       mmmmmmmmmmmms
reports:pack_file                          GET  own     222.......2.s
                                           GET  region  222.........s
                                           GET  foreign 2...........s
                                           POST -       mmmmmmmmmmmms
reports:library_figures                    GET  own     2222222222222
                                           GET  region  2222222222222
                                           GET  foreign 2222222222222
                                           POST -       mmmmmmmmmmmmm
reports:catalogue_csv                      GET  -       2222222222222
                                           POST -       mmmmmmmmmmmmm
reports:catalogue_json                     GET  -       2222222222222
                                           POST -       mmmmmmmmmmmmm
reports:subscribe                          GET  -       2222222222222
                                           POST -       2222222222222
reports:subscribe_sent                     GET  -       2222222222222
                                           POST -       mmmmmmmmmmmmm
reports:subscription                       GET  own     2222222222222
                                           GET  region  2222222222222
                                           GET  foreign 2222222222222
                                           POST own     rrrrrrrrrrrrr
                                           POST region  rrrrrrrrrrrrr
                                           POST foreign rrrrrrrrrrrrr
reports:subscription_leave                 GET  own     2222222222222
                                           GET  region  2222222222222
                                           GET  foreign 2222222222222
                                           POST own     2222222222222
                                           POST region  2222222222222
                                           POST foreign 2222222222222
"""
