"""Start-up of peer review: what it registers with the apps below."""

from django.apps import AppConfig


class PeerReviewConfig(AppConfig):
    name = "peerreview"
    verbose_name = "Peer review"

    def ready(self) -> None:
        from accounts.access import register_kind  # noqa: PLC0415 (models load before this)
        from accounts.holdings import register_holdings  # noqa: PLC0415
        from peerreview import handlers, holdings, kinds, periodic  # noqa: F401, PLC0415 (job kinds register themselves)
        from peerreview.queries.findings import open_immediate_risk_counts  # noqa: PLC0415
        from peerreview.queries.waiting import review_items  # noqa: PLC0415
        from surveillance.facts import register_open_immediate_risks  # noqa: PLC0415
        from work.items import register_work_items  # noqa: PLC0415
        from work.schedule import register_periodic  # noqa: PLC0415

        for kind, visible in kinds.KINDS.items():
            register_kind(kind, visible)
        register_holdings(holdings.review_holdings)
        register_open_immediate_risks(open_immediate_risk_counts)
        register_work_items(review_items)
        register_periodic("lapse_rechecks", periodic.lapse_rechecks)
