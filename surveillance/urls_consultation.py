"""Addresses of consultation, publishing and challenges."""

from django.urls import URLPattern, path

from surveillance.views import challenges, consultation, publishing

urlpatterns: list[URLPattern] = [
    path("indicators/challenges/", challenges.indicator_challenge_list, name="indicator_challenge_list"),
    path("indicators/challenges/mine/", challenges.indicator_challenge_mine, name="indicator_challenge_mine"),
    path("indicators/challenges/<int:pk>/", challenges.indicator_challenge_detail, name="indicator_challenge_detail"),
    path("indicators/<int:pk>/consultation/", consultation.indicator_set_consultation, name="indicator_set_consultation"),
    path("indicators/<int:pk>/comments/", consultation.indicator_comment_list, name="indicator_comment_list"),
    path("indicators/<int:pk>/comment/", consultation.indicator_set_comment_add, name="indicator_set_comment_add"),
    path("indicators/<int:pk>/items/<int:indicator_pk>/comment/", consultation.indicator_comment_add, name="indicator_comment_add"),
    path("indicators/<int:pk>/comments/<int:comment_pk>/reply/", consultation.indicator_comment_reply, name="indicator_comment_reply"),
    path("indicators/<int:pk>/bridge/", publishing.indicator_set_bridge, name="indicator_set_bridge"),
    path("indicators/<int:pk>/publish/", publishing.indicator_set_publish, name="indicator_set_publish"),
    path("indicators/<int:pk>/retire/", publishing.indicator_set_retire, name="indicator_set_retire"),
    path("indicators/<int:pk>/items/<int:indicator_pk>/lift/", challenges.indicator_suspension_lift, name="indicator_suspension_lift"),
    path("self-reports/<int:pk>/answers/<int:answer_pk>/challenge/", challenges.answer_challenge, name="answer_challenge"),
]
