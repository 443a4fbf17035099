"""What we need of AWS: sessions, their errors in our words, files on S3; the only part that imports boto3."""

from sparkwright.aws.failures import is_code, mapped
from sparkwright.aws.s3 import S3Store, Stores
from sparkwright.aws.sessions import AwsSession, Retries, worker_environment

__all__ = ["AwsSession", "Retries", "S3Store", "Stores", "is_code", "mapped", "worker_environment"]
