"""CloudFormation templates of `deploy/`, created against moto.

Moto's CloudFormation doesn't know every type. For those that it lacks or gets wrong,
the properties, as the template resolves them, go to the service's own API, which checks their
names and types.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest
from cfnlint.decode.cfn_yaml import load
from moto.cloudformation import parsing
from moto.core.common_models import CloudFormationModel

TEMPLATES = Path(__file__).parents[1] / "deploy"

Properties = dict[str, Any]


def read_template(name: str) -> dict[str, Any]:
    """A template of `deploy/`, with its short forms (`!Ref`) spelt out."""
    template: dict[str, Any] = json.loads(json.dumps(load(str(TEMPLATES / name))))
    return template


def create_stack(
    template: Mapping[str, Any], parameters: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Create a stack; the result is its outputs, and physical ids by logical id."""
    cloudformation = boto3.client("cloudformation")
    cloudformation.create_stack(
        StackName="bwp",
        TemplateBody=json.dumps(template),
        Capabilities=["CAPABILITY_IAM"],
        Parameters=[
            {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
        ],
    )
    (stack,) = cloudformation.describe_stacks(StackName="bwp")["Stacks"]
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    resources = cloudformation.describe_stack_resources(StackName="bwp")["StackResources"]
    return (
        {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]},
        {item["LogicalResourceId"]: item.get("PhysicalResourceId", "") for item in resources},
    )


def teach_moto(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let moto's CloudFormation create what it lacks or gets wrong."""
    for name, create in _CREATE.items():
        monkeypatch.setitem(parsing.get_model_map(), name, _model(create))
        monkeypatch.setitem(parsing.get_name_type_map(), name, _NAMES.get(name, ""))


def _model(create: Callable[[str, Properties], str | None]) -> type[CloudFormationModel]:
    class Made(CloudFormationModel):
        """A resource as CloudFormation knows it: by its name, and its ARN where it has one."""

        def __init__(self, name: str, arn: str | None) -> None:
            self.physical_resource_id = name
            self.arn = arn

        @classmethod
        def has_cfn_attr(cls, attr: str) -> bool:
            return attr == "Arn"

        def get_cfn_attribute(self, _: str) -> str | None:
            return self.arn

        def is_created(self) -> bool:
            return True

        @classmethod
        def create_from_cloudformation_json(
            cls, resource_name: str, cloudformation_json: Properties, *_: object, **__: object
        ) -> "Made":
            return cls(resource_name, create(resource_name, cloudformation_json["Properties"]))

    return Made


def _bus(_: str, properties: Properties) -> str:
    return str(boto3.client("events").create_event_bus(**properties)["EventBusArn"])


def _stream(name: str, properties: Properties) -> str:
    created = boto3.client("firehose").create_delivery_stream(DeliveryStreamName=name, **properties)
    return str(created["DeliveryStreamARN"])


def _role(name: str, properties: Properties) -> str:
    iam = boto3.client("iam")
    trust = json.dumps(properties["AssumeRolePolicyDocument"])
    created = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)
    for arn in properties.get("ManagedPolicyArns", []):
        iam.attach_role_policy(RoleName=name, PolicyArn=arn)
    for policy in properties.get("Policies", []):
        _role_policy(name, {"RoleName": name, **policy})
    return str(created["Role"]["Arn"])


def _role_policy(_: str, properties: Properties) -> None:
    document = json.dumps(properties.pop("PolicyDocument"))
    boto3.client("iam").put_role_policy(PolicyDocument=document, **properties)


def _bucket_policy(_: str, properties: Properties) -> None:
    document = json.dumps(properties["PolicyDocument"])
    boto3.client("s3").put_bucket_policy(Bucket=properties["Bucket"], Policy=document)


def _queue_policy(_: str, properties: Properties) -> None:
    document = json.dumps(properties["PolicyDocument"])
    for url in properties["Queues"]:
        boto3.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": document})


def _log_stream(name: str, properties: Properties) -> None:
    boto3.client("logs").create_log_stream(
        logGroupName=properties["LogGroupName"], logStreamName=name
    )


def _subscription(_: str, properties: Properties) -> None:
    boto3.client("sns").subscribe(**properties)


def _alarm(name: str, properties: Properties) -> None:
    boto3.client("cloudwatch").put_metric_alarm(AlarmName=name, **properties)


_CREATE: dict[str, Callable[[str, Properties], str | None]] = {
    # Moto has it, and takes a reference to it for something else than its name.
    "AWS::Events::EventBus": _bus,
    "AWS::KinesisFirehose::DeliveryStream": _stream,
    # Moto has it, without the managed policies.
    "AWS::IAM::Role": _role,
    "AWS::IAM::RolePolicy": _role_policy,
    "AWS::S3::BucketPolicy": _bucket_policy,
    "AWS::SQS::QueuePolicy": _queue_policy,
    "AWS::Logs::LogStream": _log_stream,
    "AWS::SNS::Subscription": _subscription,
    "AWS::CloudWatch::Alarm": _alarm,
}
_NAMES = {"AWS::Events::EventBus": "Name"}
