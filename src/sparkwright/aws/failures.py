"""Errors of botocore in our words: who may not do what on what, which credentials are missing, what was not reached."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sparkwright.errors import (
    CatalogError,
    PermissionRefused,
    SettingsError,
    SparkwrightError,
    TableNotFound,
    UnreadableTable,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_DENIED = frozenset(("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AllAccessDisabled", "403"))
_EXPIRED = frozenset(("ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"))
_UNKNOWN = frozenset(
    (
        "UnrecognizedClientException",
        "InvalidClientTokenId",
        "InvalidAccessKeyId",
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
        "IncompleteSignature",
        "MissingAuthenticationToken",
        "AuthFailure",
    )
)
_THROTTLED = frozenset(
    (
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "TooManyRequestsException",
        "RequestLimitExceeded",
        "ProvisionedThroughputExceededException",
        "SlowDown",
    )
)
_ABSENT = frozenset(("EntityNotFoundException", "NoSuchKey", "NoSuchBucket", "404"))
_AUTHORIZED = re.compile(r"(?:User: )?(?P<who>\S+) is not authorized to perform: (?P<action>\S+?)(?=[\s.,]|$)")
_RESOURCE = re.compile(r"on resource: (?P<what>\S+)")
_LAKE_FORMATION = re.compile(r"Insufficient Lake Formation permission\(s\)[:\s]*(?:Required )?(?P<need>.*)")
_RENEW = "renew them, for example with `aws sso login`, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
# Actions of IAM that are not named like the operation that needs them.
_ACTIONS = {
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:HeadObject": "s3:GetObject",
    "s3:HeadBucket": "s3:ListBucket",
}


def is_code(error: BaseException, *codes: str) -> bool:
    """Whether AWS answered with one of these error codes; also of an error in our words that came from one."""
    response: Any = getattr(error, "response", None) or getattr(error.__cause__, "response", None)
    return isinstance(response, dict) and response.get("Error", {}).get("Code") in codes


@contextmanager
def mapped(service: str, resource: str) -> Iterator[None]:
    """Raise errors of botocore in our words; `resource` is what was asked for, where AWS does not say it itself."""
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError

    try:
        yield
    except ClientError as error:
        raise _refused(error, service, resource) from error
    except ResponseParserError as error:
        raise CatalogError(
            f"the answer ({service}, {resource}) is none of AWS's: {error}",
            hint="try again; check AWS_ENDPOINT_URL and the proxies on the way",
        ) from error
    except BotoCoreError as error:
        raise _broken(error, service, resource) from error


# --- what AWS answered -----------------------------------------------------------------------------------------------


def _refused(error: Any, service: str, resource: str) -> SparkwrightError:
    said = error.response.get("Error", {})
    code, message = str(said.get("Code", "")), str(said.get("Message", ""))
    operation = f"{service}:{error.operation_name}"
    if code in _DENIED:
        return _denied(message, _ACTIONS.get(operation, operation), resource)
    if code in _EXPIRED:
        return CatalogError(f"the AWS credentials expired ({operation} on {resource}: {code})", hint=_RENEW)
    if code in _UNKNOWN:
        return CatalogError(f"AWS does not accept the credentials ({operation} on {resource}: {code})", hint=_RENEW)
    if code in _THROTTLED:
        return CatalogError(
            f"AWS refused {operation} on {resource} again and again: {code}: {message}",
            hint="wait a minute and try again; others are calling AWS from this account too",
        )
    if code == "NoSuchBucket":
        return UnreadableTable(f"there is no bucket for {resource}", hint="correct the name of the bucket there")
    if code in _ABSENT:
        return _absent(service, resource, message)
    if code == "InvalidObjectState":
        return UnreadableTable(f"{resource} is archived: {message}", hint="restore it to S3's standard storage")
    return CatalogError(f"{operation} on {resource} failed: {code}: {message}")


def _absent(service: str, resource: str, message: str) -> SparkwrightError:
    if service == "s3":
        return UnreadableTable(f"there is no {resource}", hint="correct the location in the catalog, or put it back")
    return TableNotFound(f"there is no {resource}: {message}", hint="`sparkwright tables` lists what there is")


def _denied(message: str, action: str, resource: str) -> PermissionRefused:
    """The message names the principal, the action and the resource, from AWS's own words where it has them."""
    lake = _LAKE_FORMATION.search(message)
    if lake is not None:
        return PermissionRefused(
            f"no permission for {action} on {resource}: {message}",
            hint=f"ask who keeps Lake Formation to grant {lake['need'] or action}",
        )
    said, what = _AUTHORIZED.search(message), _RESOURCE.search(message)
    who = f"{said['who']!r} has" if said else "the AWS credentials in use have"
    action = said["action"] if said else action
    resource = what["what"].rstrip(".,") if what else resource
    return PermissionRefused(
        f"{who} no permission for {action} on {resource}" + (f": {message}" if message else ""),
        hint=f"grant {action} on {resource}",
    )


# --- what did not get as far as an answer ----------------------------------------------------------------------------

_NO_CREDENTIALS = frozenset(
    (
        "NoCredentialsError",
        "PartialCredentialsError",
        "CredentialRetrievalError",
        "NoAuthTokenError",
        "TokenRetrievalError",
        "SSOError",
        "SSOTokenLoadError",
        "UnauthorizedSSOTokenError",
        "PendingAuthorizationExpiredError",
        "LoginError",
        "LoginRefreshRequired",
        "LoginTokenLoadError",
    )
)


def _broken(error: Exception, service: str, resource: str) -> SparkwrightError:
    from botocore.exceptions import (
        ConnectionError as Unconnected,
    )
    from botocore.exceptions import HTTPClientError, NoRegionError, ParamValidationError, ProfileNotFound

    if {kind.__name__ for kind in type(error).__mro__} & _NO_CREDENTIALS:
        return CatalogError(f"there are no AWS credentials that hold ({service}, {resource}): {error}", hint=_RENEW)
    if isinstance(error, NoRegionError):
        return SettingsError("no AWS region is set", hint="write it as in glue:eu-west-1, or set AWS_REGION")
    if isinstance(error, ProfileNotFound):
        return SettingsError(str(error), hint="`aws configure list-profiles` lists the profiles there are")
    if isinstance(error, ParamValidationError):
        return CatalogError(f"{service} cannot be asked for {resource}: {error}")
    if isinstance(error, HTTPClientError | Unconnected):
        return CatalogError(
            f"AWS was not reached ({service}, {resource}): {error}",
            hint="check the network, the region and AWS_ENDPOINT_URL",
        )
    return CatalogError(f"{service} failed for {resource}: {error}")
