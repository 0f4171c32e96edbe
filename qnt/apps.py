from django.apps import AppConfig


class QntConfig(AppConfig):
    name = "qnt"
    verbose_name = "QNT Peer Review"
