"""Sign-in forms in the words of the service; the markup comes from the NHS.UK crispy pack."""

from allauth.account.forms import ChangePasswordForm, LoginForm, ResetPasswordForm, ResetPasswordKeyForm
from django import forms


class SignInForm(LoginForm):
    """E-mail address and password; no role picker, no "remember me"."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("remember", None)
        self.fields["login"].label = "Email address"
        self.fields["login"].error_messages["required"] = "Enter your email address"
        self.fields["login"].widget = forms.EmailInput(attrs={"autocomplete": "username"})
        self.fields["password"].error_messages["required"] = "Enter your password"
        self.fields["password"].help_text = ""
        self.fields["password"].widget = forms.PasswordInput(attrs={"autocomplete": "current-password"})


class PasswordResetRequestForm(ResetPasswordForm):
    """Ask for a link to choose a new password; the answer is the same whether the address is known or not."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = "Email address"
        self.fields["email"].error_messages["required"] = "Enter your email address"
        self.fields["email"].widget = forms.EmailInput(attrs={"autocomplete": "email"})


class NewPasswordForm(ResetPasswordKeyForm):
    """Choose a password from a link in a mail."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].label, self.fields["password2"].label = "New password", "New password again"
        for name in ("password1", "password2"):
            self.fields[name].error_messages["required"] = "Enter the new password"
            self.fields[name].widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
        self.fields["password1"].help_text = "At least 12 characters. Three random words work well."


class PasswordChangeForm(ChangePasswordForm):
    """Change one's own password."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = "Current password"
        self.fields["oldpassword"].help_text = ""
        self.fields["password1"].label, self.fields["password2"].label = "New password", "New password again"
        self.fields["oldpassword"].widget = forms.PasswordInput(attrs={"autocomplete": "current-password"})
        for name in ("password1", "password2"):
            self.fields[name].widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
        self.fields["password1"].help_text = "At least 12 characters. Three random words work well."
