from django.urls import path

from work import views

app_name = "work"
urlpatterns = [
    path("files/", views.job_list, name="job_list"),
    path("files/<int:pk>/", views.job_file, name="job_file"),
    path("jobs/<int:pk>/", views.job_detail, name="job_detail"),
    path("jobs/<int:pk>/progress/", views.job_progress, name="job_progress"),
    path("jobs/<int:pk>/retry/", views.job_retry, name="job_retry"),
    path("reminders/send/", views.reminder_send, name="reminder_send"),
    path("calendar/", views.calendar, name="calendar"),
    path("calendar/off/", views.calendar_off, name="calendar_off"),
    path("calendar/<slug:token>.ics", views.calendar_feed, name="calendar_feed"),
    path("bank-holidays/", views.bank_holiday_list, name="bank_holiday_list"),
    path("bank-holidays/<int:pk>/remove/", views.bank_holiday_remove, name="bank_holiday_remove"),
]
