"""Addresses of meetings."""

from django.urls import URLPattern, path

from surveillance.views import meeting_items, meetings

urlpatterns: list[URLPattern] = [
    path("decisions/meetings/", meetings.meeting_list, name="meeting_list"),
    path("decisions/meetings/new/", meetings.meeting_new, name="meeting_new"),
    path("decisions/meetings/<int:pk>/", meetings.meeting_detail, name="meeting_detail"),
    path("decisions/meetings/<int:pk>/agenda/", meetings.meeting_agenda, name="meeting_agenda"),
    path("decisions/meetings/<int:pk>/attendees/", meetings.meeting_attendees, name="meeting_attendees"),
    path(
        "decisions/meetings/<int:pk>/attendees/<int:attendee_pk>/remove/",
        meetings.meeting_attendee_remove,
        name="meeting_attendee_remove",
    ),
    path("decisions/meetings/<int:pk>/close/", meetings.meeting_close, name="meeting_close"),
    path("decisions/meetings/<int:pk>/<int:item_pk>/", meeting_items.meeting_item, name="meeting_item"),
]
