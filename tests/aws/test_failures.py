"""Errors of AWS in our words, as boto3 raises them."""

from __future__ import annotations

import pytest
from botocore import exceptions
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from sparkwright.aws import is_code, mapped
from sparkwright.errors import (
    CatalogError,
    PermissionRefused,
    SettingsError,
    SparkwrightError,
    TableNotFound,
    UnreadableTable,
)

ROLE = "arn:aws:sts::123456789012:assumed-role/analyst/me"


def said(error: Exception, service: str = "glue", resource: str = "table 'db.t'") -> SparkwrightError:
    with pytest.raises(SparkwrightError) as refusal, mapped(service, resource):
        raise error
    assert refusal.value.__cause__ is error
    return refusal.value


def answer(code: str, message: str = "", operation: str = "GetTable") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


@pytest.mark.parametrize(
    ("error", "service", "hint"),
    [
        (
            answer(
                "AccessDeniedException",
                f"User: {ROLE} is not authorized to perform: glue:GetTable on resource: "
                "arn:aws:glue:eu-west-1:123456789012:table/db/t because no identity-based policy allows it",
            ),
            "glue",
            "grant glue:GetTable on arn:aws:glue:eu-west-1:123456789012:table/db/t",
        ),
        (
            answer(
                "AccessDenied",
                f"User: {ROLE} is not authorized to perform: kms:Decrypt on the resource associated with this "
                "ciphertext because no resource-based policy allows the kms:Decrypt action",
                "GetObject",
            ),
            "s3",
            "grant kms:Decrypt on table 'db.t'",
        ),
        (answer("AccessDenied", "Access Denied", "ListObjectsV2"), "s3", "grant s3:ListBucket on table 'db.t'"),
        (answer("403", "Forbidden", "HeadObject"), "s3", "grant s3:GetObject on table 'db.t'"),
        (
            answer("AccessDeniedException", "Insufficient Lake Formation permission(s) on t"),
            "glue",
            "ask who keeps Lake Formation to grant on t",
        ),
    ],
)
def test_a_missing_permission_names_the_action_and_the_resource(error: ClientError, service: str, hint: str) -> None:
    found = said(error, service)
    assert type(found) is PermissionRefused
    assert found.hint == hint


def test_a_missing_permission_names_who_lacks_it() -> None:
    message = f"User: {ROLE} is not authorized to perform: glue:GetTable on resource: arn:aws:glue:x"
    assert said(answer("AccessDeniedException", message)).message.startswith(
        f"'{ROLE}' has no permission for glue:GetTable on arn:aws:glue:x: User:"
    )
    assert said(answer("AccessDenied")).message == (
        "the AWS credentials in use have no permission for glue:GetTable on table 'db.t'"
    )


@pytest.mark.parametrize(
    ("error", "kind", "message"),
    [
        (answer("ExpiredTokenException", "..."), CatalogError, "the AWS credentials expired (glue:GetTable"),
        (answer("UnrecognizedClientException"), CatalogError, "AWS does not accept the credentials"),
        (answer("ThrottlingException", "Rate exceeded"), CatalogError, "again and again: ThrottlingException: Rate ex"),
        (answer("EntityNotFoundException", "Entity"), TableNotFound, "there is no table 'db.t': Entity"),
        (answer("InternalServiceException", "Oh"), CatalogError, "glue:GetTable on table 'db.t' failed: InternalSer"),
        (exceptions.NoCredentialsError(), CatalogError, "there are no AWS credentials that hold"),
        (exceptions.PartialCredentialsError(provider="env", cred_var="x"), CatalogError, "no AWS credentials that ho"),
        (exceptions.TokenRetrievalError(provider="sso", error_msg="expired"), CatalogError, "no AWS credentials that"),
        (exceptions.UnauthorizedSSOTokenError(), CatalogError, "there are no AWS credentials that hold"),
        (exceptions.NoRegionError(), SettingsError, "no AWS region is set"),
        (exceptions.ProfileNotFound(profile="x"), SettingsError, "The config profile (x) could not be found"),
        (exceptions.EndpointConnectionError(endpoint_url="http://x"), CatalogError, "AWS was not reached (glue, table"),
        (exceptions.ConnectTimeoutError(endpoint_url="http://x"), CatalogError, "AWS was not reached"),
        (exceptions.ReadTimeoutError(endpoint_url="http://x"), CatalogError, "AWS was not reached"),
        (exceptions.ParamValidationError(report="bad"), CatalogError, "glue cannot be asked for table 'db.t'"),
        (
            ResponseParserError("Unable to parse"),
            CatalogError,
            "the answer (glue, table 'db.t') is none of AWS's",
        ),
        (BotoCoreError(), CatalogError, "glue failed for table 'db.t'"),
    ],
)
def test_every_error_says_what_was_asked_of_whom(error: Exception, kind: type[Exception], message: str) -> None:
    found = said(error)
    assert type(found) is kind
    assert message in found.message
    assert found.hint or "failed" in found.message or "cannot be asked" in found.message


@pytest.mark.parametrize("code", ["NoSuchKey", "404"])
def test_an_object_that_is_not_there_is_a_location_to_correct(code: str) -> None:
    found = said(answer(code, operation="HeadObject"), "s3", "'s3://b/k'")
    assert type(found) is UnreadableTable
    assert (found.message, found.hint) == (
        "there is no 's3://b/k'",
        "correct the location in the catalog, or put it back",
    )


def test_a_bucket_that_is_not_there_is_told_from_an_object() -> None:
    found = said(answer("NoSuchBucket", operation="ListObjectsV2"), "s3", "'s3://b/k'")
    assert (type(found), found.message) == (UnreadableTable, "there is no bucket for 's3://b/k'")


def test_an_archived_object_is_refused_by_name() -> None:
    found = said(answer("InvalidObjectState", "not valid for the object's storage class"), "s3", "'s3://b/k'")
    assert type(found) is UnreadableTable
    assert "'s3://b/k' is archived" in found.message


def test_a_code_is_known_before_and_after_it_is_put_in_our_words() -> None:
    error = answer("EntityNotFoundException")
    assert is_code(error, "EntityNotFoundException")
    assert is_code(said(error), "X", "EntityNotFoundException")
    assert not is_code(said(error), "X")
    assert not is_code(ValueError(), "X")
