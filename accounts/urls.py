from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("people/", views.people_list, name="people_list"),
    path("people/me/", views.own_details, name="own_details"),
    path("people/invite/", views.person_invite, name="person_invite"),
    path("people/delegate/", views.delegate_choose, name="delegate_choose"),
    path("people/<int:pk>/", views.membership_detail, name="membership_detail"),
    path("people/<int:pk>/end/", views.membership_end, name="membership_end"),
    path("people/<int:pk>/invite-again/", views.membership_invite_again, name="membership_invite_again"),
]
