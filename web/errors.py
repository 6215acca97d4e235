"""Every error a person can meet: a true HTTP status, a code, a message and what to do about it."""


class PortalError(Exception):
    """An expected failure. `status` is the HTTP status, `code` a stable upper-case word, `hint` the way out in one or
    two sentences, `command` a shell line where that is the way out, `field` the form field it belongs to."""

    status = 500
    code = "INTERNAL_ERROR"

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        code: str | None = None,
        hint: str = "",
        command: str = "",
        field: str = "",
        request_id: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status if status is not None else type(self).status
        self.code = code or type(self).code
        self.hint = hint
        self.command = command
        self.field = field
        self.request_id = request_id

    def as_json(self) -> dict[str, dict[str, str]]:
        """The error object of the JSON API: `{"error": {"code", "message", "hint"}}`."""
        return {"error": {"code": self.code, "message": self.message, "hint": self.hint}}


class NotFound(PortalError):
    """The thing does not exist, or this person may not learn that it does."""

    status, code = 404, "RESOURCE_DOES_NOT_EXIST"


class Forbidden(PortalError):
    """The workspace knows the person and refuses."""

    status, code = 403, "PERMISSION_DENIED"


class Unauthenticated(PortalError):
    """Nobody is signed in, or the token is not good any more."""

    status, code = 401, "UNAUTHENTICATED"


class Invalid(PortalError):
    """What was sent breaks a rule; nothing was passed on."""

    status, code = 422, "INVALID_PARAMETER_VALUE"


class Conflict(PortalError):
    """The world moved, or something else is under way."""

    status, code = 409, "RESOURCE_CONFLICT"


class Unavailable(PortalError):
    """The workspace did not answer in time, or not sensibly. Nothing was changed by asking."""

    status, code = 503, "WORKSPACE_UNAVAILABLE"
